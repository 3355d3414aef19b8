/**
 * `scmc evaluate`: compares a fitted model with observed units: log-probabilities, whether the abducted noises follow
 * the distributions that the model assumes, and whether counterfactuals are consistent (composition and reversibility).
 */
import type { LoadedDataset } from "../../data/columns/dataset.js";
import { readDataset } from "../../data/dataset/read-dataset.js";
import { selectRows } from "../../data/dataset/select-rows.js";
import { failure } from "../../diagnostics/diagnostic.js";
import { jsonText } from "../../model/files/json-text.js";
import { abductNoises, type ConsistencyCheck, checkConsistency } from "../../runtime/inference/checks/consistency.js";
import { evaluateLogProbability } from "../../runtime/inference/checks/held-out-figures.js";
import { checkNoises, type NoiseCheck } from "../../runtime/inference/checks/noise-checks.js";
import type { TestResult } from "../../runtime/inference/checks/rank-statistics.js";
import { hasMissing, isMissingAt } from "../../runtime/inference/particles/patterns.js";
import { rowsOfColumns } from "../../runtime/mechanisms/bound/columns.js";
import type { Rows } from "../../runtime/tensors/core/rows.js";
import { RandomKey } from "../../runtime/tensors/random/index.js";
import { requireFile } from "../places/model-file.js";
import { type EngineOptions, loadRunnable, startEngine } from "../places/runnable.js";
import { describeLogProbability } from "../print/describe-log-probability.js";
import { noteAdvice } from "../print/warning-lines.js";
import { createTerminal } from "../process/terminal.js";

export interface EvaluateOptions extends EngineOptions {
  readonly data: string;
  readonly level: number;
}

export async function evaluate(path: string, options: EvaluateOptions): Promise<void> {
  requireFile(options.data);
  const { engine } = await startEngine(options);
  const loaded = await loadRunnable(path, options);
  const latent = loaded.model.variables.find((variable) => variable.latent);
  if (latent)
    throw failure(
      "7109",
      loaded.model.name,
      `\`${latent.name}\` is latent, and the checks need every variable observed`,
      "`scmc density` scores observed units of such a model.",
    );
  const wanted = [...loaded.mechanisms.keys()].map((name) => loaded.variables.get(name)!);
  const dataset = await readDataset(options.data, wanted, { allowMissingValues: true });
  noteAdvice(createTerminal(options.quiet ?? false), dataset.advice);
  const observed = rowsOfColumns(dataset.columns, loaded.variables);
  const complete = completeUnits(dataset, observed, options.data);
  const key = RandomKey.fromSeed(options.seed).split("evaluate");
  const { weights } = dataset;
  const logProbability = await evaluateLogProbability({
    loaded,
    engine,
    observed,
    key: key.split("log-probability"),
    ...(weights ? { weights } : {}),
  });
  const whole = complete.rows < dataset.rows ? rowsOfColumns(complete.columns, loaded.variables) : observed;
  const request = { loaded, engine, observed: whole, key, ...(complete.weights ? { weights: complete.weights } : {}) };
  const drawn = await abductNoises({ ...request, key: key.split("abduct") });
  const noises = checkNoises(loaded, drawn, whole, complete.weights);
  const consistency = await checkConsistency({ ...request, key: key.split("consistency") });
  const suspicious = noises.flatMap((check) => findingsOf(check, options.level));
  if (options.json)
    process.stdout.write(
      `${jsonText({ units: dataset.rows, completeUnits: complete.rows, logProbability, noises, consistency, level: options.level, suspicious }, 2)}\n`,
    );
  else
    process.stdout.write(
      [
        ...Object.entries(logProbability).map(([name, figure]) => describeLogProbability(name, figure)),
        ...incompleteNote(complete.rows, dataset.rows),
        "",
        ...noiseTable(noises),
        "",
        ...(suspicious.length > 0 ? suspicious : [`no check fails at level ${options.level}`]),
        "",
        ...consistencyTable(consistency),
        "",
      ].join("\n"),
    );
}

/** The units without missing values: the checks of noises and counterfactuals need all values of a unit. */
function completeUnits(dataset: LoadedDataset, observed: ReadonlyMap<string, Rows>, manifest: string): LoadedDataset {
  const partial = [...observed.values()].filter(hasMissing);
  if (partial.length === 0) return dataset;
  const rows = Int32Array.from({ length: dataset.rows }, (_, row) => row);
  const kept = rows.filter((row) => !partial.some((column) => isMissingAt(column, row)));
  if (kept.length > 0) return selectRows(dataset, kept);
  throw failure(
    "7109",
    manifest,
    "every row lacks a value, and the checks of noises and counterfactuals need whole units",
    "`scmc density` scores units with what they have.",
  );
}

function incompleteNote(complete: number, all: number): string[] {
  if (complete === all) return [];
  return [
    `${all - complete} of ${all} units lack values: log-probabilities are over the units that have the variable and its parents, the checks below over the ${complete} complete ones`,
  ];
}

function findingsOf(check: NoiseCheck, level: number): string[] {
  const name = `${check.variable}.${check.noise}`;
  const low = ({ p }: TestResult) => p < level;
  return [
    ...(check.uniform && low(check.uniform)
      ? [
          `${name} is not ${check.distribution}: distance ${check.uniform.statistic.toFixed(3)}, p = ${short(check.uniform.p)}`,
        ]
      : []),
    ...check.parents.filter(low).map(({ parent, ...test }) => `${name} depends on ${parent}: ${correlation(test)}`),
    // Each pair is listed with both of its noises, so it is printed once.
    ...check.others
      .filter((test) => low(test) && name < test.other)
      .map(({ other, ...test }) => `${name} depends on ${other}: ${correlation(test)}`),
  ];
}

function correlation({ statistic, p }: TestResult): string {
  return `rank correlation ${statistic.toFixed(3)}, p = ${short(p)}`;
}

function short(p: number): string {
  return p >= 0.001 ? p.toFixed(3) : p.toExponential(0);
}

function noiseTable(checks: readonly NoiseCheck[]): string[] {
  const least = (tests: readonly TestResult[]) =>
    tests.length === 0 ? "-" : short(Math.min(1, tests.length * Math.min(...tests.map(({ p }) => p))));
  const rows = checks.map((check) => [
    `${check.variable}.${check.noise}`,
    check.size === 1 ? check.distribution : `${check.distribution} x ${check.size}`,
    check.uniform === null ? "-" : short(check.uniform.p),
    least(check.parents),
    least(check.others),
  ]);
  return table([["noise", "distribution", "p(it is)", "p(independent of parents)", "p(of other noises)"], ...rows]);
}

function consistencyTable(checks: readonly ConsistencyCheck[]): string[] {
  if (checks.length === 0) return ["no variable has descendants: nothing to intervene on"];
  const rows = checks.map(({ set, of, composition, reversibility }) => [
    `do(${set} := ${set})`,
    of,
    composition.toPrecision(2),
    reversibility.toPrecision(2),
  ]);
  return table([["intervention", "mean difference of", "itself", "there and back"], ...rows]);
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd(),
  );
}
