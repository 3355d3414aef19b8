/**
 * Binds a model to a data set and fits its learned mechanisms, each on its own (the likelihood factorises). A mechanism whose key
 * equals that of an earlier fit takes that fit's parameters.
 */
import type { Column, LoadedDataset } from "../../data/dataset.js";
import { failure } from "../../diagnostics/diagnostic.js";
import type { Fit, FitDescription, LearnedMechanism, Mechanism, Model } from "../../model/schema-types.js";
import { rowsOfColumns } from "../columns.js";
import type { Engine, HostTensor, HostTensors } from "../engine/engine.js";
import { type LoadedModel, loadModel } from "../loaded-model.js";
import { RandomKey } from "../random/random-key.js";
import type { Rows } from "../rows.js";
import { type BoundVariable, normalisationOf } from "../variables.js";
import type { Checkpoints } from "./checkpoint.js";
import { fitKey } from "./fit-key.js";
import { type FitProgress, fitMechanism } from "./fit-mechanism.js";
import { fitOptionsOf } from "./fit-options.js";
import { requireCompletable } from "./missing/complete-rows.js";
import { type MissingCells, missingCellsOf } from "./missing/missing-cells.js";
import { type MissingOptions, missingOptionsOf } from "./missing/missing-options.js";
import {
  keyAfterRounds,
  type ReportCompletion,
  type RoundReport,
  type RoundsRequest,
  roundsAfter,
  roundsKey,
} from "./missing/rounds.js";
import { presentRows } from "./present-rows.js";

/** An earlier fit that may be taken over. */
export interface EarlierFit {
  readonly description: FitDescription;
  readonly parameters: HostTensors;
}

export interface FitModelRequest {
  readonly model: Model;
  readonly dataset: LoadedDataset;
  readonly engine: Engine;
  readonly seed: number;
  /** Fitting options over those of the model, option by option. */
  readonly fits?: readonly Fit[];
  /** Earlier fits by key. */
  readonly earlier?: ReadonlyMap<string, EarlierFit>;
  /** Where unfinished fits are kept; a run that was killed goes on from there. */
  readonly checkpoints?: Checkpoints;
  readonly onProgress?: (progress: FitProgress) => void;
  /** Called when a mechanism is fitted, or taken over; where rows are completed, once more after the last round. */
  readonly onFit?: (fit: FitDescription, reused: boolean) => void;
  /** Called before any fit, where the data lack values. */
  readonly onMissing?: (cells: MissingCells, options: MissingOptions) => void;
  readonly onRound?: (round: RoundReport) => void;
  readonly onCompletion?: ReportCompletion;
}

export interface FittedModel {
  readonly loaded: LoadedModel;
  readonly fits: readonly FitDescription[];
  readonly missing: { readonly cells: MissingCells; readonly options: MissingOptions };
}

/** The variables of a model with the domains and constants of a training set. */
export function bindVariables(model: Model, dataset: LoadedDataset): Map<string, BoundVariable> {
  const variables = new Map<string, BoundVariable>();
  for (const { name } of model.variables) {
    const domain = dataset.domains.get(name)!;
    variables.set(name, {
      name,
      domain,
      normalisation: normalisationOf(domain, presentNumbers(dataset.columns.get(name)!)),
    });
  }
  return variables;
}

export async function fitModel(request: FitModelRequest): Promise<FittedModel> {
  const { model, dataset, seed, onFit } = request;
  requireObserved(model);
  const variables = bindVariables(model, dataset);
  // Built once without parameters, so that a mechanism that cannot run is reported before any training.
  const unfitted = loadModel(model, variables, {});
  const columns = rowsOfColumns(dataset.columns);
  const key = RandomKey.fromSeed(seed);
  const options = missingOptionsOf([...model.fits, ...(request.fits ?? [])]);
  const cells = missingCellsOf(model, columns, dataset.rows);
  if (cells.incompleteRows > 0) request.onMissing?.(cells, options);
  const rounds = await roundsOf(request, unfitted, columns, cells, options, key);
  const found = new Map<string, EarlierFit>();
  for (const mechanism of model.mechanisms.filter(isLearned)) {
    const { variable } = mechanism;
    const earlier = rounds?.earlier?.get(variable);
    if (earlier) onFit?.(earlier.description, true);
    const runnable = unfitted.mechanisms.get(variable)!;
    found.set(variable, earlier ?? (await fitOne(request, mechanism, variables, columns, runnable, key)));
  }
  if (rounds && !rounds.earlier)
    for (const [variable, fit] of await roundsAfter(found, rounds.request)) {
      found.set(variable, fit);
      onFit?.(fit.description, false);
    }
  const parameters: Record<string, HostTensor> = {};
  for (const [variable, fit] of found)
    for (const [name, tensor] of Object.entries(fit.parameters)) parameters[`${variable}/${name}`] = tensor;
  return {
    loaded: loadModel(model, variables, parameters),
    fits: [...found.values()].map(({ description }) => description),
    missing: { cells, options },
  };
}

/** Undefined where no row is to be completed; `earlier` where an earlier run completed them in the same way. */
async function roundsOf(
  { model, dataset, engine, seed, fits = [], earlier, checkpoints, onProgress, onRound, onCompletion }: FitModelRequest,
  { variables, mechanisms, ...unfitted }: LoadedModel,
  columns: ReadonlyMap<string, Rows>,
  cells: MissingCells,
  options: MissingOptions,
  key: RandomKey,
): Promise<{ request: RoundsRequest; earlier: Map<string, EarlierFit> | undefined } | undefined> {
  const affected = model.mechanisms.filter(isLearned).filter(({ variable }) => cells.affected.has(variable));
  if (options.method === "drop" || affected.length === 0) return undefined;
  requireCompletable({ ...unfitted, variables, mechanisms }, cells.patterns);
  const parts = {
    model,
    variables,
    mechanisms,
    columns,
    cells,
    affected,
    options,
    fits: [...model.fits, ...fits],
    engine,
    ...(checkpoints ? { checkpoints } : {}),
    ...(onProgress ? { onProgress } : {}),
    ...(onRound ? { onRound } : {}),
    ...(onCompletion ? { onCompletion } : {}),
  };
  const contentKey = await roundsKey(parts, seed);
  const found = affected.map(({ variable }) => [variable, earlier?.get(keyAfterRounds(contentKey, variable))] as const);
  const isWhole = found.every((entry): entry is readonly [string, EarlierFit] => entry[1] !== undefined);
  return {
    request: { ...parts, key, contentKey, rowName: (row) => `row ${dataset.ids[row]}` },
    earlier: isWhole ? new Map(found) : undefined,
  };
}

async function fitOne(
  { model, dataset, engine, seed, fits = [], earlier, checkpoints, onProgress, onFit }: FitModelRequest,
  mechanism: LearnedMechanism,
  variables: ReadonlyMap<string, BoundVariable>,
  columns: ReadonlyMap<string, Rows>,
  runnable: Parameters<typeof fitMechanism>[0]["mechanism"],
  key: RandomKey,
): Promise<EarlierFit> {
  const { variable, parents } = mechanism;
  const data = presentRows(model.name, variable, {
    value: columns.get(variable)!,
    parents: Object.fromEntries(parents.map((parent) => [parent, columns.get(parent)!])),
  });
  const options = fitOptionsOf([...model.fits, ...fits], mechanism, variables.get(variable)!.domain, data.value.rows);
  const bound = [variable, ...parents].map((name) => variables.get(name)!);
  const contentKey = fitKey(mechanism, bound, options, data, seed, await engine.start());
  const found = earlier?.get(contentKey);
  if (found) {
    onFit?.(found.description, true);
    return found;
  }
  const result = await fitMechanism({
    mechanism: runnable,
    data,
    options,
    engine,
    key: key.split("fit").split(variable),
    ...(onProgress ? { onProgress } : {}),
    ...(checkpoints ? { checkpoint: checkpoints(variable, contentKey) } : {}),
  });
  const description: FitDescription = {
    variable,
    key: contentKey,
    options: { ...options },
    heldOutLoss: result.heldOutLoss,
    ...(data.value.rows < dataset.rows ? { rows: data.value.rows } : {}),
    epochs: result.epochs,
    steps: result.steps,
    seconds: result.seconds,
    parameters: Object.keys(runnable.parameters).reduce((sum, name) => sum + result.parameters[name]!.data.length, 0),
  };
  onFit?.(description, false);
  return { description, parameters: result.parameters };
}

export function isLearned(mechanism: Mechanism): mechanism is LearnedMechanism {
  return mechanism.kind !== "expression" && mechanism.kind !== "operator" && mechanism.kind !== "unobserved";
}

export function requireObserved(model: Model): void {
  const latent = model.variables.filter((variable) => variable.latent).map(({ name }) => `\`${name}\``);
  if (latent.length > 0)
    throw failure("7050", model.name, `${latent.join(", ")} cannot be fitted: latent variables have no data`);
  const pair = model.confounded[0];
  if (pair)
    throw failure(
      "7051",
      model.name,
      `\`${pair[0]} <-> ${pair[1]}\`: mechanisms with an unobserved common cause cannot be fitted one by one`,
      "Observe the cause and name it as a parent of both.",
    );
}

function presentNumbers(column: Column): Float64Array | Float32Array {
  const values = numbersOf(column);
  return values.some(Number.isNaN) ? values.filter((value) => !Number.isNaN(value)) : values;
}

function numbersOf(column: Column): Float64Array | Float32Array {
  switch (column.kind) {
    case "numeric":
    case "vector":
      return column.values;
    case "category":
    case "image":
      return new Float64Array(0);
  }
}
