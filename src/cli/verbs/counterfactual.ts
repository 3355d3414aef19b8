/**
 * `scmc counterfactual`: the observed units under an intervention, block by block, so that the data may be larger than
 * memory. Ids and row order are kept, copied variables are as they were read, images are the mean over particles,
 * clipped and rounded.
 */
import type { Column } from "../../data/columns/dataset.js";
import { type LoadedBlock, openDataset } from "../../data/dataset/read-dataset.js";
import { evidenceOf, observedFor, planCounterfactual, worldsOf } from "../../model/plans/plan.js";
import { batchOf, defaultBlock } from "../../runtime/inference/programs/block-size.js";
import {
  type CounterfactualProgram,
  compileCounterfactual,
  counterfactualInBlocks,
  rowsPerUnit,
} from "../../runtime/inference/programs/counterfactual.js";
import { pipelined } from "../../runtime/inference/programs/in-order.js";
import { requireAnswerable } from "../../runtime/inference/terms/require-answerable.js";
import { columnOfValues, rowsOfColumns } from "../../runtime/mechanisms/bound/columns.js";
import { boundDomain, columnVariable } from "../../runtime/mechanisms/bound-domain.js";
import type { LoadedModel } from "../../runtime/mechanisms/loaded-model.js";
import { findingsOf } from "../../runtime/support/findings.js";
import { addTally, type Tally } from "../../runtime/support/tally.js";
import type { Rows } from "../../runtime/tensors/core/rows.js";
import { RandomKey } from "../../runtime/tensors/random/index.js";
import type { Intervention, Model, QueryPlan } from "../../schema/types.js";
import { probabilityColumns } from "../places/answer-data.js";
import { requireFile } from "../places/model-file.js";
import { checkOutput, printSummary, targetsOf, toStdout, writeTo } from "../places/output.js";
import { interventionsOf, loadRunnable, recordedItems, startEngine } from "../places/runnable.js";
import { summaryLines, supportJson } from "../print/describe-answer.js";
import { noteAdvice } from "../print/warning-lines.js";
import { cleaningUp } from "../process/closed-output.js";
import { createTerminal, rowProgress } from "../process/terminal.js";
import { counterfactualOfWhole, type WholeRequest } from "./counterfactual-of-whole.js";
import type { CounterfactualOptions } from "./counterfactual-options.js";

export async function counterfactualTo(path: string, options: CounterfactualOptions): Promise<void> {
  const terminal = createTerminal(options.quiet ?? false);
  const loaded = await loadRunnable(path, options);
  const interventions = interventionsOf(options.do, loaded, "grids");
  await checkOutput(options, worldsOf(interventions).length);
  const started = await startEngine(options);
  const targets = targetsOf(loaded, options);
  requireAnswerable(loaded.model, { kind: "counterfactual", targets, evidence: [], interventions });
  const request = { ...started, loaded, interventions, targets, terminal };
  if (needsAll(interventions, options) || readsLatent(loaded.model, interventions, targets))
    return counterfactualOfWhole(request, options);
  requireFile(options.data!);
  try {
    await counterfactualInParts(request, options, options.data!);
  } catch (error) {
    if (!(error instanceof ValueMissing)) throw error;
    terminal.note("  some values are missing: the units are read as a whole");
    await counterfactualOfWhole(request, options);
  }
}

/** Whether the answer wants all units at once, or more than one program gives. */
function needsAll(interventions: readonly Intervention[], options: CounterfactualOptions): boolean {
  const { data, given, missing, sd, quantiles, proposals } = options;
  return (
    data === undefined ||
    given !== undefined ||
    missing !== undefined ||
    sd === true ||
    quantiles !== undefined ||
    proposals !== undefined ||
    worldsOf(interventions).length > 1
  );
}

/** Whether units lack something that the answer reads, every one of them. */
function readsLatent(model: Model, interventions: readonly Intervention[], targets: readonly string[]): boolean {
  const read = new Set(observedFor(model, interventions, planCounterfactual(model, interventions, targets)));
  return model.variables.some(({ name, latent }) => latent && read.has(name));
}

/** A value is missing, so that its unit has to be completed. */
class ValueMissing extends Error {}

function requireAllValues(columns: ReadonlyMap<string, Column>): void {
  for (const column of columns.values()) {
    if (column.kind === "category" && column.codes.includes(-1)) throw new ValueMissing();
    if ((column.kind === "numeric" || column.kind === "vector") && column.values.includes(Number.NaN))
      throw new ValueMissing();
  }
}

async function counterfactualInParts(
  { loaded, engine, description, interventions, targets, terminal }: WholeRequest,
  options: CounterfactualOptions,
  data: string,
): Promise<void> {
  const { particles, seed } = options;
  const plan = planCounterfactual(loaded.model, interventions, targets);
  const wanted = options.of ? evidenceOf(plan, targets) : targets;
  const open = (names: readonly string[]) =>
    openDataset(
      data,
      names.map((name) => loaded.variables.get(name)!),
      { allowMissingValues: true },
    );
  const batch = batchOf(
    loaded,
    defaultBlock(loaded, rowsPerUnit({ loaded, interventions, particles }, plan)),
    options.batch,
  );
  // A file is begun anew where a value is missing in a later block; what went to stdout cannot be taken back.
  if (toStdout(options)) {
    const scalars = wanted.filter((name) => boundDomain(loaded, name).kind !== "image");
    const { blocks } = await open(scalars);
    if (scalars.length > 0) for await (const { columns } of blocks(batch)) requireAllValues(columns);
  }
  const source = await open(wanted);
  const key = RandomKey.fromSeed(seed).split("counterfactual");

  const report = rowProgress(terminal);
  let program: Promise<CounterfactualProgram> | undefined;
  let tallies: readonly Tally[] | undefined;
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
    requireAllValues(block.columns);
    const observed = rowsOfColumns(block.columns, loaded.variables);
    program ??= compile(block, observed);
    const records = await recordedItems(loaded, block);
    const onRows = (done: number) => report("counterfactuals", block.firstRow + done, source.rows);
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
        const sums = tallies;
        if (sums === undefined) tallies = answered.tallies;
        else for (const [index, tally] of answered.tallies.entries()) addTally(sums[index]!, tally);
        rows = block.firstRow + block.rows;
        await sink.write({ ...block, columns, noise: new Map() });
      });
    });
  };
  const dispose = async () => {
    await (await program?.catch(() => undefined))?.dispose();
  };
  await cleaningUp(() => write().finally(dispose));
  terminal.done(`wrote ${rows} counterfactual units to ${toStdout(options) ? "stdout" : options.out}`);
  noteAdvice(terminal, source.advice());
  const support = findingsOf(loaded, tallies ?? [], { of: "units" });
  for (const line of summaryLines(plan, support)) terminal.note(line);
  printSummary(options, {
    rows,
    variables: targets,
    seed,
    engine: description,
    particles,
    plan,
    ...supportJson(support),
  });
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
    columns.set(name, computed ? columnOfValues(columnVariable(loaded, name), computed) : observed.get(name)!);
  }
  return columns;
}
