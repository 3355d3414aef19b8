/** Fits one model of the study as `scmc run` does and measures its counterfactuals against the true ones. */
import { join } from "node:path";
import { requireModel } from "../../src/cli/places/model-file.js";
import type { Terminal } from "../../src/cli/process/terminal.js";
import { type RunResult, runModel } from "../../src/cli/verbs/run.js";
import { compileInterventions } from "../../src/compiler/interventions.js";
import { readDataset } from "../../src/data/dataset/read-dataset.js";
import { isArtefact } from "../../src/runtime/artefact/artefact-directory.js";
import { counterfactual } from "../../src/runtime/inference/programs/counterfactual.js";
import { rowsOfColumns } from "../../src/runtime/mechanisms/bound/columns.js";
import type { LoadedModel } from "../../src/runtime/mechanisms/loaded-model.js";
import { createEngine } from "../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../src/runtime/tensors/random/index.js";
import type { StudyData } from "./data.js";
import { type ErrorFigure, errorOf, readUnits, type Units } from "./errors.js";

/** The paper's figures: Table 1 (log-densities) and its counterfactual error under do(t := t + 2). */
export const paper = {
  full: { t: -0.934, i: -4.303, error: 17.6 },
  conditional: { t: null, i: null, error: 31.8 },
  independent: { t: null, i: null, error: 41.6 },
} as const;

export type ModelName = keyof typeof paper;

export const programs: Readonly<Record<ModelName, string>> = {
  full: "graphs/morpho.scm",
  conditional: "graphs/morpho_conditional.scm",
  independent: "graphs/morpho_independent.scm",
};

export interface ModelResult {
  readonly name: ModelName;
  readonly run: RunResult;
  readonly answer: Units;
  readonly error: ErrorFigure;
  /** Largest difference in grey levels between x and its counterfactual under do(t := t), in single precision. */
  readonly nullError: number;
}

export interface FitSettings {
  readonly seed: number;
  readonly particles: number;
  readonly runs: string;
}

export async function runOne(
  name: ModelName,
  data: StudyData,
  truth: Units,
  settings: FitSettings,
  terminal: Terminal,
): Promise<ModelResult> {
  const { seed, particles, runs } = settings;
  const out = join(runs, name);
  const reuse = Object.keys(programs)
    .filter((other) => other !== name)
    .map((other) => join(runs, other))
    .filter(isArtefact);
  const options = {
    data: data.training,
    test: data.test,
    out,
    reuse,
    particles,
    samples: 20_000,
    seed,
    engine: "onnx",
  };
  const run = await runModel(await requireModel(programs[name]), options, terminal);
  // The answer is read from what the program's query wrote. The query copies what the intervention does not reach.
  const answer = await readUnits(join(out, "queries", "thicker", "manifest.json"));
  return {
    name,
    run,
    answer,
    error: errorOf(answer.x, truth),
    nullError: await nullError(run.fitted.loaded, data.test),
  };
}

const nullUnits = 1000;

/** do(t := t) over the first test digits. */
async function nullError(loaded: LoadedModel, manifest: string): Promise<number> {
  const { columns, rows: available } = await readDataset(manifest, [...loaded.variables.values()]);
  const units = Math.min(nullUnits, available);
  const observed = new Map(
    [...rowsOfColumns(columns, loaded.variables)].map(([name, rows]) => [
      name,
      { rows: units, size: rows.size, data: rows.data.slice(0, units * rows.size) },
    ]),
  );
  const { values } = await counterfactual({
    loaded,
    engine: createEngine("onnx"),
    observed,
    interventions: compileInterventions("t := t", loaded.model).interventions,
    targets: ["x"],
    particles: 4,
    key: RandomKey.fromSeed(7),
  });
  const before = observed.get("x")!.data;
  return values.get("x")!.reduce((worst, value, k) => Math.max(worst, Math.abs(value - before[k]!)), 0);
}
