/** `scmc sample`: draws units and writes them as a data set, exogenous noise included, so that true counterfactuals can follow. */
import type { Column } from "../../data/dataset.js";
import { checkDatasetTarget, writeDataset } from "../../data/write-dataset.js";
import { columnOfValues } from "../../runtime/columns.js";
import { sample } from "../../runtime/queries/sample.js";
import { RandomKey } from "../../runtime/random/index.js";
import { requireWritable } from "../output-directory.js";
import {
  boundDomain,
  type EngineOptions,
  freshRecords,
  interventionsOf,
  loadRunnable,
  requireAnswerable,
  startEngine,
} from "../runnable.js";
import { bar, createTerminal } from "../terminal.js";

export interface SampleOptions extends EngineOptions {
  readonly rows: number;
  readonly out: string;
  readonly do?: readonly string[];
  readonly split?: string;
  readonly overwrite?: boolean;
}

export async function sampleTo(path: string, options: SampleOptions): Promise<void> {
  const terminal = createTerminal(options.quiet ?? false);
  requireWritable(options.out);
  await checkDatasetTarget(options.out, options.overwrite ?? false);
  const { engine, description } = await startEngine(options);
  const loaded = await loadRunnable(path);
  const interventions = interventionsOf(options.do, loaded);
  requireAnswerable(loaded, "sample", interventions, loaded.model.order);
  const { records, noise } = await freshRecords(loaded, options.rows, options.split);
  const drawn = await sample({
    loaded,
    engine,
    rows: options.rows,
    key: RandomKey.fromSeed(options.seed).split("sample"),
    interventions,
    records,
    onOperators: (done, total) => terminal.progress(`images ${bar(done, total)} ${done}/${total}`),
  });
  const columns = new Map(
    [...drawn.values].map(([name, values]) => [name, columnOfValues(boundDomain(loaded, name), values)]),
  );
  for (const [name, values] of drawn.noises)
    noise.set(name, { kind: "numeric", values: Float64Array.from(values) } satisfies Column);
  const ids = Array.from({ length: options.rows }, (_, row) => String(row));
  await writeDataset(
    options.out,
    { rows: options.rows, ids, columns, noise },
    { precision: "float32", overwrite: options.overwrite ?? false },
  );
  terminal.done(`wrote ${options.rows} units of ${[...columns.keys()].join(", ")} to ${options.out}`);
  if (options.json)
    process.stdout.write(
      `${JSON.stringify({ out: options.out, rows: options.rows, variables: [...columns.keys()], seed: options.seed, engine: description })}\n`,
    );
}
