/**
 * Binds a model to a data set and fits its learned mechanisms, each on its own (the likelihood factorises). A mechanism
 * whose key equals that of an earlier fit takes that fit's parameters.
 */

import type { Column, LoadedDataset } from "../../data/columns/dataset.js";
import { selectRows } from "../../data/dataset/select-rows.js";
import type { DataWarning } from "../../data/warnings/data-warning.js";
import { dataWarnings } from "../../data/warnings/data-warnings.js";
import { failure } from "../../diagnostics/diagnostic.js";
import { isLearned } from "../../model/catalogue/mechanism-kinds.js";
import { learnedPosteriors } from "../../model/plans/learned-posteriors.js";
import type { FitDescription, LearnedMechanism, Model } from "../../schema/types.js";
import { rowsOfColumns } from "../mechanisms/bound/columns.js";
import { type BoundVariable, boundVariable } from "../mechanisms/bound/variables.js";
import type { Fittable } from "../mechanisms/contract/mechanism.js";
import { type LoadedModel, loadModel } from "../mechanisms/loaded-model.js";
import { posteriorName } from "../mechanisms/posteriors/posterior.js";
import { summariseSupport } from "../support/summarise.js";
import type { HostTensor } from "../tensors/core/engine.js";
import type { Rows } from "../tensors/core/rows.js";
import { RandomKey } from "../tensors/random/random-key.js";
import { fitPosterior } from "./fit-posterior.js";
import { type MissingCells, missingCellsOf } from "./missing/missing-cells.js";
import { type MissingOptions, missingOptionsOf } from "./missing/missing-options.js";
import { roundsAfter } from "./rounds/rounds.js";
import { roundsOf } from "./rounds/rounds-of-fit.js";
import { fitOptionsOf } from "./steps/fit-options.js";
import { presentRows } from "./steps/present-rows.js";
import { fitKey } from "./tasks/fit-key.js";
import type { EarlierFit, FitModelRequest } from "./tasks/fit-model-request.js";
import { fitOrTakeOver } from "./tasks/fit-or-take-over.js";

export interface FittedModel {
  readonly loaded: LoadedModel;
  readonly fits: readonly FitDescription[];
  readonly missing: { readonly cells: MissingCells; readonly options: MissingOptions };
  /** What is odd about the data. */
  readonly warnings: readonly DataWarning[];
  /** Of the learned posteriors, by the variable of each. */
  readonly posteriors: readonly FitDescription[];
}

/** The variables of a model with the domains and constants of a training set. */
export function bindVariables(model: Model, dataset: LoadedDataset): Map<string, BoundVariable> {
  requireStatedLevels(model, dataset);
  const variables = new Map<string, BoundVariable>();
  for (const { name } of model.variables) {
    const domain = dataset.domains.get(name)!;
    variables.set(name, boundVariable(name, domain, presentNumbers(dataset.columns.get(name)!)));
  }
  return variables;
}

/** A given table is in the order of stated levels: the order in which data name them would be a guess. */
function requireStatedLevels(model: Model, { domains }: LoadedDataset): void {
  const stated = new Map(model.variables.map(({ name, domain }) => [name, domain]));
  for (const mechanism of model.mechanisms) {
    if (mechanism.kind !== "table") continue;
    for (const name of [mechanism.variable, ...mechanism.parents]) {
      const own = stated.get(name);
      const found = domains.get(name);
      if (own?.kind !== "categorical" || own.levels !== undefined || found?.kind !== "categorical" || !found.levels)
        continue;
      const levels = found.levels.map((level) => JSON.stringify(level)).join(", ");
      throw failure(
        "5027",
        model.name,
        `the data name the levels of \`${name}\`, and the table of \`${mechanism.variable}\` is in the order of the levels, which the program does not state`,
        `State them in the order of the table: \`${name} : categorical(${levels})\`, for instance.`,
      );
    }
  }
}

export async function fitModel(given: FitModelRequest): Promise<FittedModel> {
  const request = { ...given, dataset: countedRows(given.dataset) };
  const { model, dataset, seed, onFit } = request;
  requireObserved(model);
  const variables = bindVariables(model, dataset);
  // Built once without parameters, so that a mechanism that cannot run is reported before any training.
  const unfitted = loadModel(model, variables, {});
  const warnings = dataWarnings(model.mechanisms, dataset);
  if (warnings.length > 0) request.onWarnings?.(warnings);
  const columns = rowsOfColumns(dataset.columns, variables);
  const key = RandomKey.fromSeed(seed);
  const options = missingOptionsOf([...model.fits, ...(request.fits ?? [])]);
  const cells = missingCellsOf(model, columns, dataset.rows);
  if (cells.incompleteRows > 0) request.onMissing?.(cells, options);
  const rounds = await roundsOf(request, unfitted, columns, cells, options, key);
  const found = new Map<string, EarlierFit>();
  for (const mechanism of model.mechanisms.filter(isLearned)) {
    const { variable } = mechanism;
    const earlier = rounds?.earlier?.get(variable);
    if (earlier) onFit?.(earlier.description, true, variable);
    const runnable = unfitted.mechanisms.get(variable)!;
    found.set(variable, earlier ?? (await fitOne(request, mechanism, variables, columns, runnable, key)));
  }
  if (rounds && !rounds.earlier)
    for (const [variable, fit] of await roundsAfter(found, rounds.request)) {
      found.set(variable, fit);
      onFit?.(fit.description, false, variable);
    }
  const parameters: Record<string, HostTensor> = {};
  for (const [variable, fit] of found)
    for (const [name, tensor] of Object.entries(fit.parameters)) parameters[`${variable}/${name}`] = tensor;
  const fits = [...found.values()].map(({ description }) => description);
  const fitted = loadModel(model, variables, { ...parameters });
  const posteriors = await fitPosteriors(request, fitted, fits, parameters);
  const support = summariseSupport(model, variables, dataset);
  const loaded = { ...(posteriors.length > 0 ? loadModel(model, variables, parameters) : fitted), support };
  return { loaded, fits, posteriors, warnings, missing: { cells, options } };
}

/** The data set without the rows whose sampling weight is 0. */
function countedRows(dataset: LoadedDataset): LoadedDataset {
  const { rows, weights } = dataset;
  if (!weights?.includes(0)) return dataset;
  return selectRows(
    dataset,
    Int32Array.from({ length: rows }, (_, row) => row).filter((row) => weights[row]! > 0),
  );
}

/** Puts the parameters of the posteriors that the queries want beside those of the mechanisms. */
async function fitPosteriors(
  request: FitModelRequest,
  fitted: LoadedModel,
  fits: readonly FitDescription[],
  parameters: Record<string, HostTensor>,
): Promise<FitDescription[]> {
  const posteriors: FitDescription[] = [];
  for (const variable of posteriorsToLearn(request, fitted.variables)) {
    const fit = await fitPosterior(request, variable, fitted, fits);
    posteriors.push(fit.description);
    for (const [name, tensor] of Object.entries(fit.parameters))
      parameters[`${posteriorName(variable)}/${name}`] = tensor;
  }
  return posteriors;
}

/** With the types of the data, which a program may leave open. */
function posteriorsToLearn(
  { model, fits = [], askedWithout }: FitModelRequest,
  bound: ReadonlyMap<string, BoundVariable>,
): string[] {
  const variables = model.variables.map((one) => ({ ...one, domain: bound.get(one.name)!.domain }));
  return learnedPosteriors({ ...model, variables, fits: [...model.fits, ...fits] }, askedWithout);
}

async function fitOne(
  request: FitModelRequest,
  mechanism: LearnedMechanism,
  variables: ReadonlyMap<string, BoundVariable>,
  columns: ReadonlyMap<string, Rows>,
  runnable: Fittable,
  key: RandomKey,
): Promise<EarlierFit> {
  const { model, dataset, engine, seed, fits = [] } = request;
  const { variable, parents } = mechanism;
  const data = presentRows(model.name, variable, {
    value: columns.get(variable)!,
    parents: Object.fromEntries(parents.map((parent) => [parent, columns.get(parent)!])),
    ...(dataset.weights ? { weights: dataset.weights } : {}),
  });
  const options = fitOptionsOf([...model.fits, ...fits], mechanism, variables.get(variable)!.domain, data.value.rows);
  const bound = [variable, ...parents].map((name) => variables.get(name)!);
  const contentKey = fitKey(mechanism, bound, options, data, seed, await engine.start());
  return fitOrTakeOver(
    request,
    { name: variable, variable, fittable: runnable, parents: bound.slice(1), data, options, contentKey },
    key,
  );
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
