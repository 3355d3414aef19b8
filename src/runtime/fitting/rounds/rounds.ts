/**
 * Monte Carlo EM (Wei & Tanner 1990) over the rows that lack values: a round draws what is missing from its posterior
 * under the mechanisms as they are, and goes on fitting each affected mechanism from its parameters on the rows thus
 * completed. Each epoch of a round goes through other draws, so that what it descends is an average over them; the last
 * round is the longest, since its draws are what the final parameters' simulation error is of.
 */
import { createHash } from "node:crypto";
import { serialiseModel } from "../../../model/files/serialise.js";
import type { Fit, FitDescription, LearnedMechanism, Model } from "../../../schema/types.js";
import { isMissingAt } from "../../inference/particles/patterns.js";
import type { BoundVariable } from "../../mechanisms/bound/variables.js";
import type { Mechanism } from "../../mechanisms/contract/mechanism.js";
import { loadModel } from "../../mechanisms/loaded-model.js";
import type { Engine, HostTensor, HostTensors } from "../../tensors/core/engine.js";
import { chosenRows, type Rows } from "../../tensors/core/rows.js";
import type { RandomKey } from "../../tensors/random/random-key.js";
import { type CompletedRows, completeRows } from "../missing/complete-rows.js";
import type { MissingCells } from "../missing/missing-cells.js";
import type { MissingOptions } from "../missing/missing-options.js";
import type { ReportCompletion, RoundReport } from "../missing/round-report.js";
import { loadRounds, type RoundRecord, type RoundState, type RoundStates, saveRound } from "../missing/round-state.js";
import type { Checkpoints } from "../steps/checkpoint.js";
import type { FitData } from "../steps/fit-data.js";
import { fitMechanism } from "../steps/fit-mechanism.js";
import { type FitOptions, fitOptionsOf } from "../steps/fit-options.js";
import type { FitProgress } from "../steps/fit-request.js";
import { heldOutRowsOf, splitOf } from "../steps/held-out.js";
import { chosenWeights } from "../steps/present-rows.js";
import { fitVersion, hashRows, hashVariable, hashWeights } from "../tasks/fit-key.js";
import type { EarlierFit } from "../tasks/fit-model-request.js";
import { keyOfFit } from "../tasks/fit-or-take-over.js";

export interface RoundsRequest {
  readonly model: Model;
  readonly variables: ReadonlyMap<string, BoundVariable>;
  readonly mechanisms: ReadonlyMap<string, Mechanism>;
  readonly columns: ReadonlyMap<string, Rows>;
  readonly cells: MissingCells;
  /** Sampling weights above 0, `[rows]`. */
  readonly weights?: Float64Array;
  /** The affected mechanisms that are learned. */
  readonly affected: readonly LearnedMechanism[];
  readonly options: MissingOptions;
  readonly fits: readonly Fit[];
  readonly engine: Engine;
  readonly key: RandomKey;
  /** Names the rounds: see `roundsKey`. */
  readonly contentKey: string;
  readonly rowName: (row: number) => string;
  readonly checkpoints?: Checkpoints;
  readonly onProgress?: (progress: FitProgress) => void;
  readonly onRound?: (round: RoundReport) => void;
  readonly onCompletion?: ReportCompletion;
}

/** Raised when the rounds give something else for equal inputs. */
const roundsVersion = 3;
const shareOfEpochs = 0.1;
const shareOfLastEpochs = 0.5;
const fewestEpochs = 5;
/** Draws of each missing value in a round, at most. */
const mostCompletions = 20;

/** The content hash of the rounds: they depend on all mechanisms and all data. */
export async function roundsKey(
  { model, variables, columns, weights, options, engine, fits }: Omit<RoundsRequest, "contentKey" | "key" | "rowName">,
  seed: number,
): Promise<string> {
  const { engine: name, device } = await engine.start();
  const { rounds, proposals } = options;
  const { source: _, ...stated } = model;
  // What names, documents or asks changes no fit; the rest is written with sorted keys.
  const content: Model = {
    ...stated,
    name: "",
    variables: model.variables.map((variable) => ({ ...variable, doc: "" })),
    fits: fits.filter((fit) => fit.variable !== undefined),
    queries: [],
    assertions: [],
  };
  const hash = createHash("sha256");
  hash.update(JSON.stringify([roundsVersion, fitVersion, name, device, seed, rounds, proposals]));
  hash.update(serialiseModel(content));
  for (const variable of variables.values()) hashVariable(hash, variable);
  for (const rows of columns.values()) hashRows(hash, rows);
  if (weights) hashWeights(hash, weights);
  return hash.digest("hex");
}

export function keyAfterRounds(contentKey: string, variable: string): string {
  return createHash("sha256").update(`${contentKey} ${variable}`).digest("hex");
}

/** The affected fits after all rounds, from all fits to complete rows. */
export async function roundsAfter(
  fits: ReadonlyMap<string, EarlierFit>,
  request: RoundsRequest,
): Promise<Map<string, EarlierFit>> {
  const { cells, contentKey, options } = request;
  const states = await fitRounds(request, new Map([...fits].map(([name, { parameters }]) => [name, parameters])));
  return new Map(
    [...states].map(([variable, { parameters, rounds, seconds }]) => {
      const { description } = fits.get(variable)!;
      const rows = cells.affected.get(variable)!.length;
      const { rows: _, ...rest } = description;
      const after: FitDescription = {
        ...rest,
        key: keyAfterRounds(contentKey, variable),
        heldOutLoss: rounds.at(-1)!.heldOutLoss,
        ...(rounds.at(-1)!.loss === null ? {} : { loss: rounds.at(-1)!.loss! }),
        ...(rows < cells.rows ? { rows } : {}),
        epochs: rounds.reduce((sum, { epochs }) => sum + epochs, description.epochs),
        steps: rounds.reduce((sum, { steps }) => sum + steps, description.steps),
        seconds: Math.round(1000 * (description.seconds + seconds)) / 1000,
        completion: {
          method: "em",
          completedRows: completedRowsOf(cells),
          proposals: options.proposals,
          rounds: rounds.map(({ heldOutLoss, loss, smallestEffectiveSize }) => ({
            heldOutLoss,
            ...(loss === null ? {} : { loss }),
            smallestEffectiveSize,
          })),
        },
      };
      return [variable, { description: after, parameters }];
    }),
  );
}

/** All rounds, from the parameters of the fits to complete rows. */
async function fitRounds(request: RoundsRequest, first: ReadonlyMap<string, HostTensors>): Promise<RoundStates> {
  const { affected, options, checkpoints, contentKey, onRound } = request;
  const names = affected.map(({ variable }) => variable);
  let states: RoundStates =
    (checkpoints && (await loadRounds(checkpoints, contentKey, names))) ??
    new Map(names.map((name) => [name, { parameters: first.get(name)!, rounds: [], seconds: 0 }]));
  const { rounds, seconds } = states.get(names[0]!)!;
  const started = performance.now();
  for (let done = rounds.length; done < options.rounds; done++) {
    const next = await fitRound(request, first, states, done + 1);
    const spent = seconds + (performance.now() - started) / 1000;
    states = new Map([...next].map(([name, state]) => [name, { ...state, seconds: spent }]));
    if (checkpoints) await saveRound(checkpoints, contentKey, states);
    onRound?.(reportOf(request, states, done + 1));
  }
  return states;
}

async function fitRound(
  request: RoundsRequest,
  first: ReadonlyMap<string, HostTensors>,
  states: RoundStates,
  round: number,
): Promise<Map<string, Omit<RoundState, "seconds">>> {
  const { affected, cells, checkpoints, contentKey, engine, mechanisms } = request;
  const key = request.key.split("em");
  const plans = affected.map((mechanism) => {
    const rows = cells.affected.get(mechanism.variable)!;
    return { mechanism, rows, options: roundOptions(request, mechanism, rows.length, round) };
  });
  const completions = Math.min(mostCompletions, Math.max(...plans.map(({ options }) => options.epochs)));
  const completed = await complete(request, first, states, round, completions);
  const next = new Map<string, Omit<RoundState, "seconds">>();
  for (const { mechanism, rows, options } of plans) {
    const { variable } = mechanism;
    const data = completedData(request, completed, mechanism, rows, completions);
    const { parameters, rounds } = states.get(variable)!;
    const { onProgress } = request;
    const fit = await fitMechanism({
      mechanism: mechanisms.get(variable)!,
      data: data[0]!,
      completions: data,
      options,
      engine,
      key: key.split(round).split(variable),
      split: roundSplit(request, mechanism, rows),
      from: parameters,
      ...(onProgress
        ? { onProgress: (progress) => onProgress({ ...progress, round, rounds: request.options.rounds }) }
        : {}),
      parents: mechanism.parents.map((parent) => request.variables.get(parent)!),
      ...(checkpoints ? { checkpoint: checkpoints(`${variable}.round`, `${contentKey} ${variable} ${round}`) } : {}),
    });
    const record = {
      heldOutLoss: fit.heldOutLoss === null ? null : Math.fround(fit.heldOutLoss),
      loss: fit.loss === null ? null : Math.fround(fit.loss),
      epochs: fit.epochs,
      steps: fit.steps,
      smallestEffectiveSize:
        completed.smallestEffectiveSize === null ? null : Math.fround(completed.smallestEffectiveSize),
    };
    next.set(variable, { parameters: fit.parameters, rounds: [...rounds, record] });
  }
  return next;
}

/**
 * Places among the rows of a mechanism's rounds, the ones to hold out first: those that the fit to complete rows held
 * out, so that no round is judged by rows that were fitted before it, and a tenth of the others.
 */
function roundSplit({ key, columns }: RoundsRequest, { variable, parents }: LearnedMechanism, rows: Int32Array) {
  const read = [variable, ...parents].map((name) => columns.get(name)!);
  const places = Int32Array.from(rows, (_, place) => place);
  const lacks = (place: number) => read.some((column) => isMissingAt(column, rows[place]!));
  const complete = places.filter((place) => !lacks(place));
  const incomplete = places.filter(lacks);
  const ofFit = splitOf(keyOfFit(key, variable), complete.length).map((place) => complete[place]!);
  const ofOthers = splitOf(key.split("em").split(variable), incomplete.length).map((place) => incomplete[place]!);
  const heldOut = heldOutRowsOf(complete.length);
  places.set(ofFit.subarray(0, heldOut));
  places.set(ofOthers, heldOut);
  places.set(ofFit.subarray(heldOut), heldOut + ofOthers.length);
  return places;
}

/** A tenth of the fit's epochs, half of them in the last round; five at least, where the fit has as many. */
function roundOptions(
  { fits, variables, options }: RoundsRequest,
  mechanism: LearnedMechanism,
  rows: number,
  round: number,
): FitOptions {
  const whole = fitOptionsOf(fits, mechanism, variables.get(mechanism.variable)!.domain, rows);
  const share = round === options.rounds ? shareOfLastEpochs : shareOfEpochs;
  const epochs = Math.min(whole.epochs, Math.max(fewestEpochs, Math.ceil(whole.epochs * share)));
  return { ...whole, epochs };
}

function complete(
  { model, variables, engine, columns, cells, options, key, rowName, onCompletion }: RoundsRequest,
  first: ReadonlyMap<string, HostTensors>,
  states: RoundStates,
  round: number,
  completions: number,
): Promise<CompletedRows> {
  const parameters: Record<string, HostTensor> = {};
  for (const [variable, own] of first)
    for (const [name, tensor] of Object.entries(states.get(variable)?.parameters ?? own))
      parameters[`${variable}/${name}`] = tensor;
  return completeRows({
    loaded: loadModel(model, variables, parameters),
    engine,
    columns,
    patterns: cells.patterns,
    completions,
    proposals: options.proposals,
    key: key.split("em").split(round).split("completed rows"),
    rowName,
    ...(onCompletion ? { onRows: (done, total) => onCompletion(round, done, total) } : {}),
  });
}

/** The rows of a mechanism's fit in each completion; what is observed throughout is shared by all. */
function completedData(
  { columns, ...request }: RoundsRequest,
  { columns: completed }: CompletedRows,
  { variable, parents }: LearnedMechanism,
  rows: Int32Array,
  completions: number,
): FitData[] {
  const chosen = (all: Rows): Rows => (rows.length === all.rows ? all : chosenRows(all, rows));
  const observed = new Map([variable, ...parents].map((name) => [name, chosen(columns.get(name)!)] as const));
  return Array.from({ length: completions }, (_, k) => {
    const rowsOf = (name: string): Rows => {
      const drawn = completed.get(name)?.[k];
      return drawn ? chosen(drawn) : observed.get(name)!;
    };
    const completedParents = Object.fromEntries(parents.map((name) => [name, rowsOf(name)]));
    return { value: rowsOf(variable), parents: completedParents, ...chosenWeights(request, rows) };
  });
}

function reportOf({ options, cells }: RoundsRequest, states: RoundStates, round: number): RoundReport {
  const last = (state: RoundState) => state.rounds[round - 1]!;
  const figures = (figure: (state: RoundRecord) => number | null) =>
    Object.fromEntries(
      [...states].flatMap(([name, state]) => {
        const value = figure(last(state));
        return value === null ? [] : [[name, value]];
      }),
    );
  return {
    round,
    rounds: options.rounds,
    completedRows: completedRowsOf(cells),
    heldOutLoss: figures((state) => state.heldOutLoss),
    loss: figures((state) => state.loss),
    smallestEffectiveSize: last([...states.values()][0]!).smallestEffectiveSize,
    proposals: options.proposals,
  };
}

export function completedRowsOf({ patterns }: MissingCells): number {
  return patterns.reduce((sum, { inferred, units }) => sum + (inferred.length > 0 ? units.length : 0), 0);
}
