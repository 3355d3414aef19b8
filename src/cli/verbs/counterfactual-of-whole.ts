/**
 * Counterfactuals whose units are all in memory: of one unit that `--given` describes, of units with missing values, of
 * a grid of interventions (one result for each of its worlds: DIR/1, DIR/2, …), and with their spread over particles.
 */

import { levelsIn, printIntervention } from "../../algebra/print-expression.js";
import type { Dataset, LoadedDataset } from "../../data/columns/dataset.js";
import { readManifest } from "../../data/dataset/manifest.js";
import { readDataset } from "../../data/dataset/read-dataset.js";
import { failure } from "../../diagnostics/diagnostic.js";
import { worldsOf } from "../../model/plans/plan.js";
import { requireValue } from "../../runtime/inference/exact/evidence-values.js";
import { answerEvidence, type EvidenceAnswer } from "../../runtime/inference/units/answer-evidence.js";
import { answerUnits, type UnitsAnswer, type UnitsRequest } from "../../runtime/inference/units/answer-units.js";
import { columnOfValues, rowsOfColumns } from "../../runtime/mechanisms/bound/columns.js";
import { columnVariable } from "../../runtime/mechanisms/bound-domain.js";
import { boundModel, type LoadedModel } from "../../runtime/mechanisms/loaded-model.js";
import { RandomKey } from "../../runtime/tensors/random/index.js";
import type { Intervention, QueryTerm } from "../../schema/types.js";
import { namesOfMissing } from "../options/missing-option.js";
import { compileQuestion, conditionsText } from "../options/question.js";
import { counterfactualColumns } from "../places/answer-data.js";
import { requireFile } from "../places/model-file.js";
import { outputOf, printSummary, toStdout, writeTo } from "../places/output.js";
import { recordedItems, type StartedEngine, unitNameOf } from "../places/runnable.js";
import { inferenceLines, summaryLines, supportJson } from "../print/describe-answer.js";
import { errorLines, errorsJson } from "../print/particle-error-text.js";
import { noteAdvice } from "../print/warning-lines.js";
import { rowProgress, type Terminal } from "../process/terminal.js";
import type { CounterfactualOptions } from "./counterfactual-options.js";

export interface WholeRequest extends StartedEngine {
  readonly loaded: LoadedModel;
  readonly interventions: readonly Intervention[];
  readonly targets: readonly string[];
  readonly terminal: Terminal;
}

export async function counterfactualOfWhole(request: WholeRequest, options: CounterfactualOptions): Promise<void> {
  const { loaded, engine, description, interventions, targets, terminal } = request;
  const worlds = worldsOf(interventions);
  const dataset = await observedUnits(loaded, targets, options);
  noteAdvice(terminal, dataset.advice);
  const records = await recordedItems(loaded, dataset);
  const levelsOf = levelsIn(boundModel(loaded));
  const described: Record<string, unknown>[] = [];
  const report = rowProgress(terminal);
  for (const [index, world] of worlds.entries()) {
    const asked: UnitsRequest = {
      loaded,
      engine,
      observed: rowsOfColumns(dataset.columns, loaded.variables),
      records,
      unitName: options.given === undefined ? unitNameOf(dataset) : () => "the unit",
      interventions: world,
      targets,
      particles: options.particles,
      ...(options.proposals === undefined ? {} : { proposals: options.proposals }),
      wanted: { sd: options.sd ?? false, quantiles: options.quantiles ?? [] },
      // All worlds of a grid share their draws: a trajectory is one unit's.
      key: RandomKey.fromSeed(options.seed).split("counterfactual"),
      onRows: (done, total) =>
        report(worlds.length > 1 ? `counterfactuals of world ${index + 1}` : "counterfactuals", done, total),
    };
    const answer: UnitsAnswer & Partial<Pick<EvidenceAnswer, "errors">> =
      options.given === undefined ? await answerUnits(asked) : await answerEvidence(asked);
    const { errors } = answer;
    const { plan, support, inference } = answer;
    const { rows } = dataset;
    const place = { ...options, ...outputOf(options, index, worlds.length) };
    await writeTo(place, async (sink) => {
      const columns = counterfactualColumns(loaded, { ...answer, targets }, dataset);
      await sink.write({ firstRow: 0, ...dataset, columns, noise: new Map() });
    });
    terminal.done(`wrote ${rows} counterfactual units to ${toStdout(place) ? "stdout" : place.out}`);
    if (worlds.length > 1) terminal.note(`  do(${world.map((one) => printIntervention(one, levelsOf)).join(", ")})`);
    for (const line of [...errorLines(loaded, errors), ...summaryLines(plan, support), ...inferenceLines(inference)])
      terminal.note(line);
    described.push({
      rows,
      variables: targets,
      seed: options.seed,
      engine: description,
      particles: options.particles,
      plan,
      ...errorsJson(errors),
      ...supportJson(support),
      ...(inference.length > 0 ? { inference } : {}),
      ...(worlds.length > 1 ? { out: place.out } : {}),
    });
  }
  printSummary(options, worlds.length === 1 ? described[0]! : { worlds: described });
}

/**
 * The units of the manifest, in which values may be missing, or the one unit that `--given` describes. All that is
 * observed of a unit is read, whatever the targets: it is the evidence.
 */
async function observedUnits(
  loaded: LoadedModel,
  targets: readonly string[],
  { data, given, missing, do: action }: CounterfactualOptions,
): Promise<Dataset & Pick<LoadedDataset, "advice">> {
  if ((data === undefined) === (given === undefined))
    throw failure(
      "7108",
      "--data",
      "the units are those of a data set (--data) or one of which something is known (--given), one of the two",
      'Add --data MANIFEST, or --given "t = 2".',
    );
  if (data !== undefined) {
    requireFile(data);
    const absent = namesOfMissing(loaded.model, missing);
    const { manifest } = await readManifest(data);
    const wanted = loaded.model.variables.filter(
      ({ name, latent }) =>
        !absent.includes(name) && (targets.includes(name) || (!latent && Object.hasOwn(manifest.variables, name))),
    );
    return readDataset(
      data,
      wanted.map(({ name }) => loaded.variables.get(name)!),
      { allowMissingValues: true },
    );
  }
  const text = `counterfactual(${targets.join(", ")}${conditionsText(given, action)})`;
  const { evidence } = compileQuestion(text, boundModel(loaded)).expression as QueryTerm;
  const columns = new Map(
    evidence.map((one) => [
      one.variable,
      columnOfValues(columnVariable(loaded, one.variable), Float32Array.of(requireValue(loaded, one))),
    ]),
  );
  return { rows: 1, ids: ["evidence"], columns, noise: new Map() };
}
