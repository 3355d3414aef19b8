/**
 * `scmc counterfactual`: the observed units under an intervention. Writes DIR/table.csv (ids and row order kept, one column per
 * scalar, copied variables as they were read) and one image file per image variable (mean over particles, clipped, rounded). A grid of
 * interventions gives one such directory for each of its worlds: DIR/1, DIR/2, …
 */
import { join } from "node:path";
import type { Dataset } from "../../data/dataset.js";
import { readDataset } from "../../data/read-dataset.js";
import { checkDatasetTarget, writeDataset } from "../../data/write-dataset.js";
import { failure } from "../../diagnostics/diagnostic.js";
import { didYouMean } from "../../diagnostics/did-you-mean.js";
import { worldsOf } from "../../model/plan.js";
import type { QueryTerm } from "../../model/schema-types.js";
import { formatIntervention } from "../../report/index.js";
import { columnOfValues, rowsOfColumns } from "../../runtime/columns.js";
import type { LoadedModel } from "../../runtime/loaded-model.js";
import { answerUnits } from "../../runtime/queries/evidence/answer-units.js";
import { requireValue } from "../../runtime/queries/evidence/evidence-values.js";
import { RandomKey } from "../../runtime/random/index.js";
import { boundModel } from "../ask.js";
import { counterfactualColumns, inferenceLines, summaryLines } from "../describe-answer.js";
import { requireFile } from "../model-file.js";
import { requireWritable } from "../output-directory.js";
import { compileQuestion, conditionsText } from "../question.js";
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
  readonly data?: string;
  /** Variables that the data does not have. */
  readonly missing?: readonly string[];
  /** Instead of data: what is known of one unit. */
  readonly given?: readonly string[];
  readonly do: readonly string[];
  readonly out: string;
  readonly particles: number;
  /** Proposals a unit where missing values are found by importance sampling. */
  readonly proposals?: number;
  /** Standard deviations and quantiles over particles, beside the means. */
  readonly sd?: boolean;
  readonly quantiles?: readonly number[];
  readonly overwrite?: boolean;
}

export async function counterfactualTo(path: string, options: CounterfactualOptions): Promise<void> {
  const terminal = createTerminal(options.quiet ?? false);
  requireWritable(options.out);
  await checkDatasetTarget(options.out, options.overwrite ?? false);
  const { engine, description } = await startEngine(options);
  const loaded = await loadRunnable(path);
  const interventions = interventionsOf(options.do, loaded, "grids");
  const targets = loaded.model.variables.filter(({ latent }) => !latent).map(({ name }) => name);
  requireAnswerable(loaded, "counterfactual", interventions, targets);
  const dataset = await observedUnits(loaded, targets, options);
  const records = await recordedItems(loaded, dataset);
  const worlds = worldsOf(interventions);
  const described: Record<string, unknown>[] = [];
  for (const [index, world] of worlds.entries()) {
    const answer = await answerUnits({
      loaded,
      engine,
      observed: rowsOfColumns(dataset.columns),
      records,
      interventions: world,
      targets,
      particles: options.particles,
      ...(options.proposals === undefined ? {} : { proposals: options.proposals }),
      wanted: { sd: options.sd ?? false, quantiles: options.quantiles ?? [] },
      // All worlds of a grid share their draws: a trajectory is one unit's.
      key: RandomKey.fromSeed(options.seed).split("counterfactual"),
      onRows: (done, total) => terminal.progress(`counterfactuals ${bar(done, total)} ${done}/${total}`),
    });
    const { plan, outside, inference } = answer;
    const out = worlds.length === 1 ? options.out : join(options.out, String(index + 1));
    await writeDataset(
      out,
      {
        rows: dataset.rows,
        ids: dataset.ids,
        columns: counterfactualColumns(loaded, { ...answer, targets }, dataset),
        noise: new Map(),
      },
      { precision: "float32", overwrite: options.overwrite ?? false },
    );
    terminal.done(`wrote ${dataset.rows} counterfactual units to ${out}`);
    if (worlds.length > 1) terminal.note(`  do(${world.map(formatIntervention).join(", ")})`);
    for (const line of [...summaryLines(plan, outside, dataset.rows), ...inferenceLines(inference)])
      terminal.note(line);
    described.push({
      out,
      rows: dataset.rows,
      particles: options.particles,
      seed: options.seed,
      engine: description,
      plan,
      outsideTrainingRange: outside,
      ...(inference.length > 0 ? { inference } : {}),
    });
  }
  if (options.json) process.stdout.write(`${JSON.stringify(worlds.length === 1 ? described[0] : described)}\n`);
}

/** The units of the manifest, in which values may be missing, or the one unit that `--given` describes. */
async function observedUnits(
  loaded: LoadedModel,
  targets: readonly string[],
  { data, given, missing = [], do: action }: CounterfactualOptions,
): Promise<Dataset> {
  if ((data === undefined) === (given === undefined))
    throw failure(
      "7108",
      "--data",
      "the units are those of a data set (--data) or one of which something is known (--given), one of the two",
      'Add --data MANIFEST, or --given "t = 2".',
    );
  if (data !== undefined) {
    requireFile(data);
    const absent = missing.flatMap((names) => names.split(",")).map((name) => name.trim());
    const unknown = absent.find((name) => !targets.includes(name));
    if (unknown !== undefined)
      throw failure("2001", "--missing", `\`${unknown}\` is not defined`, didYouMean(unknown, targets));
    const wanted = targets.filter((name) => !absent.includes(name)).map((name) => loaded.variables.get(name)!);
    return readDataset(data, wanted, { allowMissingValues: true });
  }
  const text = `counterfactual(${targets.join(", ")}${conditionsText(given, action)})`;
  const { evidence } = compileQuestion(text, boundModel(loaded)).expression as QueryTerm;
  const columns = new Map(
    evidence.map((one) => [
      one.variable,
      columnOfValues(boundDomain(loaded, one.variable), Float32Array.of(requireValue(loaded, one))),
    ]),
  );
  return { rows: 1, ids: ["evidence"], columns, noise: new Map() };
}
