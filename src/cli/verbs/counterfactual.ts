/**
 * `scmc counterfactual`: the observed units under an intervention. Writes DIR/table.csv (ids and row order kept, one column per
 * scalar, copied variables as they were read) and one image file per image variable (mean over particles, clipped, rounded).
 */
import type { Column, LoadedDataset } from "../../data/dataset.js";
import { readDataset } from "../../data/read-dataset.js";
import { checkDatasetTarget, writeDataset } from "../../data/write-dataset.js";
import type { Domain, QueryPlan } from "../../model/schema-types.js";
import { columnOfValues, rowsOfColumns } from "../../runtime/columns.js";
import type { LoadedModel } from "../../runtime/loaded-model.js";
import { counterfactual } from "../../runtime/queries/counterfactual.js";
import type { OutsideRange } from "../../runtime/queries/training-range.js";
import { RandomKey } from "../../runtime/random/index.js";
import { requireFile } from "../model-file.js";
import { requireWritable } from "../output-directory.js";
import {
  boundDomain,
  type EngineOptions,
  interventionsOf,
  loadRunnable,
  recordedItems,
  requireAnswerable,
  startEngine,
} from "../runnable.js";
import { bar, createTerminal } from "../terminal.js";

export interface CounterfactualOptions extends EngineOptions {
  readonly data: string;
  readonly do: readonly string[];
  readonly out: string;
  readonly particles: number;
  readonly overwrite?: boolean;
}

export async function counterfactualTo(path: string, options: CounterfactualOptions): Promise<void> {
  const terminal = createTerminal(options.quiet ?? false);
  requireWritable(options.out);
  await checkDatasetTarget(options.out, options.overwrite ?? false);
  const { engine, description } = await startEngine(options);
  const loaded = await loadRunnable(path);
  const interventions = interventionsOf(options.do, loaded);
  requireFile(options.data);
  const targets = loaded.model.variables.filter(({ latent }) => !latent).map(({ name }) => name);
  requireAnswerable(loaded, "counterfactual", interventions, targets);
  const dataset = await readDataset(
    options.data,
    targets.map((name) => loaded.variables.get(name)!),
  );
  const { plan, values, probabilities, outside } = await counterfactual({
    loaded,
    engine,
    observed: rowsOfColumns(dataset.columns),
    records: await recordedItems(loaded, dataset),
    interventions,
    targets,
    particles: options.particles,
    key: RandomKey.fromSeed(options.seed).split("counterfactual"),
    onRows: (done, total) => terminal.progress(`counterfactuals ${bar(done, total)} ${done}/${total}`),
  });
  const columns = new Map([
    ...answerColumns(loaded, dataset, plan, values),
    ...probabilityColumns(loaded, probabilities),
  ]);
  await writeDataset(
    options.out,
    { rows: dataset.rows, ids: dataset.ids, columns, noise: new Map() },
    { precision: "float32", overwrite: options.overwrite ?? false },
  );
  terminal.done(`wrote ${dataset.rows} counterfactual units to ${options.out}`);
  for (const line of summaryLines(plan, outside, dataset.rows)) terminal.note(line);
  if (options.json)
    process.stdout.write(
      `${JSON.stringify({ out: options.out, rows: dataset.rows, particles: options.particles, seed: options.seed, engine: description, plan, outsideTrainingRange: outside })}\n`,
    );
}

/** Copied variables are the very columns that were read; the rest come from the answer. */
function answerColumns(
  loaded: LoadedModel,
  dataset: LoadedDataset,
  plan: QueryPlan,
  values: ReadonlyMap<string, Float32Array>,
): Map<string, Column> {
  const changed = new Set([...plan.replace, ...plan.recompute]);
  const columns = new Map<string, Column>();
  for (const { name, latent } of loaded.model.variables) {
    if (latent) continue;
    const computed = changed.has(name) ? values.get(name) : undefined;
    columns.set(name, computed ? columnOfValues(boundDomain(loaded, name), computed) : dataset.columns.get(name)!);
  }
  return columns;
}

/** `y.p.LEVEL`: the share of particles in each class, for every computed variable with classes. */
export function probabilityColumns(
  loaded: LoadedModel,
  probabilities: ReadonlyMap<string, Float32Array>,
): Map<string, Column> {
  const columns = new Map<string, Column>();
  for (const [name, shares] of probabilities) {
    const levels = levelsOf(boundDomain(loaded, name));
    levels.forEach((level, code) => {
      const values = Float64Array.from(
        { length: shares.length / levels.length },
        (_, unit) => shares[unit * levels.length + code]!,
      );
      columns.set(`${name}.p.${level}`, { kind: "numeric", values });
    });
  }
  return columns;
}

function levelsOf(domain: Domain): readonly string[] {
  if (domain.kind === "categorical" && domain.levels) return domain.levels;
  const size = domain.kind === "categorical" || domain.kind === "ordinal" ? domain.size : 2;
  return Array.from({ length: size }, (_, code) => String(code));
}

export function summaryLines(plan: QueryPlan, outside: readonly OutsideRange[], rows: number): string[] {
  const list = (names: readonly string[]) => (names.length === 0 ? "none" : names.join(", "));
  return [
    `  replaced: ${list(plan.replace)}; recomputed: ${list(plan.recompute)}; copied: ${list(plan.copy)}`,
    ...outside.map(({ variable, children, units, low, high }) => {
      const share = ((100 * units) / rows).toFixed(1);
      return `  ${units} of ${rows} units (${share} %) have ${variable} outside its training range [${round(low)}, ${round(high)}]: ${children.join(", ")} extrapolate${children.length === 1 ? "s" : ""} there`;
    }),
  ];
}

function round(value: number): string {
  return String(Number(value.toPrecision(4)));
}
