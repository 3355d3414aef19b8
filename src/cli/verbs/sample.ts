/**
 * `scmc sample`: draws units and writes them, block by block; as a data set with their exogenous noise, so that true
 * counterfactuals can follow.
 */
import type { Column } from "../../data/columns/dataset.js";
import { outputKind } from "../../data/dataset/open-sink.js";
import { batchOf } from "../../runtime/inference/programs/block-size.js";
import { pipelined } from "../../runtime/inference/programs/in-order.js";
import { compileSample, type Sample, sampleInBlocks } from "../../runtime/inference/programs/sample.js";
import { supportOfWorld } from "../../runtime/inference/terms/asked-support.js";
import { requireAnswerable } from "../../runtime/inference/terms/require-answerable.js";
import { columnOfValues } from "../../runtime/mechanisms/bound/columns.js";
import { columnVariable } from "../../runtime/mechanisms/bound-domain.js";
import { RandomKey } from "../../runtime/tensors/random/index.js";
import { checkOutput, type OutputOptions, printSummary, targetsOf, toStdout, writeTo } from "../places/output.js";
import { type EngineOptions, freshItems, interventionsOf, loadRunnable, startEngine } from "../places/runnable.js";
import { supportJson, supportLines } from "../print/describe-answer.js";
import { cleaningUp } from "../process/closed-output.js";
import { createTerminal, rowProgress } from "../process/terminal.js";

export interface SampleOptions extends EngineOptions, OutputOptions {
  readonly rows: number;
  readonly do?: readonly string[];
  readonly split?: string;
  readonly batch?: number;
}

export async function sampleTo(path: string, options: SampleOptions): Promise<void> {
  const terminal = createTerminal(options.quiet ?? false);
  const { rows } = options;
  await checkOutput(options);
  const { engine, description } = await startEngine(options);
  const loaded = await loadRunnable(path, options);
  const interventions = interventionsOf(options.do, loaded);
  const targets = targetsOf(loaded, options);
  requireAnswerable(loaded.model, { kind: "sample", targets, evidence: [], interventions });
  // A table holds the variables; a data set their noise as well.
  const withNoise = !toStdout(options) && outputKind(options.out!) === "directory";
  const items = await freshItems(loaded, options.split);
  const key = RandomKey.fromSeed(options.seed).split("sample");
  const program = await compileSample({
    loaded,
    engine,
    rows,
    key,
    interventions,
    targets,
    noises: withNoise,
  });
  const support = await supportOfWorld({ loaded, engine, interventions, evidence: [], targets, key });
  const batch = batchOf(loaded, program.block, options.batch);
  const report = rowProgress(terminal);
  const progress = (done: number) => {
    if (done < rows) report("units", done, rows);
  };
  const write = async () => {
    await writeTo(options, async (sink) => {
      const draw = async (firstRow: number) => {
        const count = Math.min(batch, rows - firstRow);
        const { records, noise } = items(firstRow, count);
        const drawn = await sampleInBlocks(program, { firstRow, rows: count, records, onRows: progress });
        return { firstRow, rows: count, ids: null, ...columnsOf(drawn, withNoise ? noise : new Map()) };
      };
      await pipelined(startsOf(rows, batch), draw, (block) => sink.write(block));
    });
  };
  await cleaningUp(() => write().finally(() => program.dispose()));
  terminal.done(`wrote ${rows} units of ${targets.join(", ")} to ${toStdout(options) ? "stdout" : options.out}`);
  for (const line of supportLines(support)) terminal.note(line);
  printSummary(options, {
    rows,
    variables: targets,
    seed: options.seed,
    engine: description,
    ...supportJson(support),
  });

  function columnsOf(drawn: Sample, noise: Map<string, Column>) {
    const columns = new Map(
      [...drawn.values].map(([name, values]) => [name, columnOfValues(columnVariable(loaded, name), values)]),
    );
    for (const [name, values] of drawn.noises) noise.set(name, { kind: "numeric", values });
    return { columns, noise };
  }
}

function* startsOf(rows: number, batch: number): Generator<number> {
  for (let firstRow = 0; firstRow < rows; firstRow += batch) yield firstRow;
}
