/**
 * `scmc counterfactual`: the observed units under an intervention, block by block, so that the data may be larger than memory. Ids
 * and row order are kept, copied variables are as they were read, images are the mean over particles, clipped and rounded.
 */
import type { Column } from "../../data/dataset.js";
import { type LoadedBlock, openDataset } from "../../data/read-dataset.js";
import { evidenceOf, planCounterfactual } from "../../model/plan.js";
import type { Domain, QueryPlan } from "../../model/schema-types.js";
import { columnOfValues, rowsOfColumns } from "../../runtime/columns.js";
import type { LoadedModel } from "../../runtime/loaded-model.js";
import { batchOf, defaultBlock } from "../../runtime/queries/block-size.js";
import {
  type CounterfactualProgram,
  compileCounterfactual,
  counterfactualInBlocks,
  rowsPerUnit,
} from "../../runtime/queries/counterfactual.js";
import { pipelined } from "../../runtime/queries/in-order.js";
import { addRanges, type OutsideRange } from "../../runtime/queries/training-range.js";
import { RandomKey } from "../../runtime/random/index.js";
import type { Rows } from "../../runtime/rows.js";
import { cleaningUp } from "../closed-output.js";
import { requireFile } from "../model-file.js";
import { checkOutput, type OutputOptions, printSummary, targetsOf, toStdout, writeTo } from "../output.js";
import {
  boundDomain,
  type EngineOptions,
  engineOf,
  interventionsOf,
  loadRunnable,
  recordedItems,
  requireAnswerable,
} from "../runnable.js";
import { bar, createTerminal } from "../terminal.js";

export interface CounterfactualOptions extends EngineOptions, OutputOptions {
  readonly data: string;
  readonly do: readonly string[];
  readonly particles: number;
  readonly batch?: number;
}

export async function counterfactualTo(path: string, options: CounterfactualOptions): Promise<void> {
  const terminal = createTerminal(options.quiet ?? false);
  const { particles, seed } = options;
  await checkOutput(options);
  const loaded = await loadRunnable(path);
  const interventions = interventionsOf(options.do, loaded);
  requireFile(options.data);
  const targets = targetsOf(loaded, options);
  requireAnswerable(loaded, "counterfactual", interventions, targets);
  const plan = planCounterfactual(loaded.model, interventions, targets);
  const wanted = options.of ? evidenceOf(plan, targets) : targets;
  const source = await openDataset(
    options.data,
    wanted.map((name) => loaded.variables.get(name)!),
  );
  const batch = batchOf(
    loaded,
    defaultBlock(loaded, rowsPerUnit({ loaded, interventions, particles }, plan)),
    options.batch,
  );
  const engine = engineOf(options);
  const key = RandomKey.fromSeed(seed).split("counterfactual");

  let program: Promise<CounterfactualProgram> | undefined;
  let outside: OutsideRange[] = [];
  let rows = 0;
  const compile = async (block: LoadedBlock, observed: Map<string, Rows>) =>
    compileCounterfactual({
      loaded,
      engine,
      observed,
      records: await recordedItems(loaded, block),
      interventions,
      targets,
      particles,
      key,
      allUnits: source.rows,
    });
  const answer = async (block: LoadedBlock) => {
    const observed = rowsOfColumns(block.columns);
    program ??= compile(block, observed);
    const records = await recordedItems(loaded, block);
    const onRows = (done: number) => terminal.progress(progressText(block.firstRow + done, source.rows));
    return counterfactualInBlocks(await program, {
      observed,
      records,
      firstUnit: block.firstRow,
      units: block.rows,
      onRows,
    });
  };
  const write = async () => {
    await writeTo(options, async (sink) => {
      const work = async (block: LoadedBlock) => ({ block, answered: await answer(block) });
      await pipelined(source.blocks(batch), work, async ({ block, answered }) => {
        const columns = new Map([
          ...answerColumns(loaded, block.columns, targets, plan, answered.values),
          ...probabilityColumns(loaded, answered.probabilities),
        ]);
        outside = addRanges(outside, answered.outside);
        rows = block.firstRow + block.rows;
        await sink.write({ firstRow: block.firstRow, rows: block.rows, ids: block.ids, columns, noise: new Map() });
      });
    });
  };
  const dispose = async () => {
    await (await program?.catch(() => undefined))?.dispose();
  };
  await cleaningUp(() => write().finally(dispose));
  terminal.done(`wrote ${rows} counterfactual units to ${toStdout(options) ? "stdout" : options.out}`);
  for (const line of summaryLines(plan, outside, rows)) terminal.note(line);
  printSummary(options, { rows, variables: targets, seed, particles, plan, outsideTrainingRange: outside });
}

function progressText(done: number, total: number | null): string {
  return total === null ? `counterfactuals ${done}` : `counterfactuals ${bar(done, total)} ${done}/${total}`;
}

/** Copied variables are the very columns that were read; the rest come from the answer. */
function answerColumns(
  loaded: LoadedModel,
  observed: ReadonlyMap<string, Column>,
  targets: readonly string[],
  plan: QueryPlan,
  values: ReadonlyMap<string, Float32Array>,
): Map<string, Column> {
  const changed = new Set([...plan.replace, ...plan.recompute]);
  const columns = new Map<string, Column>();
  for (const name of targets) {
    const computed = changed.has(name) ? values.get(name) : undefined;
    columns.set(name, computed ? columnOfValues(boundDomain(loaded, name), computed) : observed.get(name)!);
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
