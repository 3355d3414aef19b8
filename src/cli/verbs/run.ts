/**
 * `scmc run`: fits what changed, evaluates on test data, answers the program's queries, and writes the fitted artefact
 * with its metrics, answers and report.
 */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LoadedDataset } from "../../data/columns/dataset.js";
import { readDataset } from "../../data/dataset/read-dataset.js";
import { exitCode, ScmcError } from "../../diagnostics/diagnostic.js";
import { jsonText } from "../../model/files/json-text.js";
import { earlierFits, writeArtefact } from "../../runtime/artefact/artefact.js";
import { checkpointFiles } from "../../runtime/artefact/checkpoint-files.js";
import { type FittedModel, fitModel } from "../../runtime/fitting/fit-model.js";
import type { FitProgress } from "../../runtime/fitting/steps/fit-request.js";
import type { EarlierFit } from "../../runtime/fitting/tasks/fit-model-request.js";
import {
  evaluateLogProbability,
  evaluateReconstruction,
  type LogProbabilityFigure,
  type ReconstructionFigure,
} from "../../runtime/inference/checks/held-out-figures.js";
import { missingIn } from "../../runtime/inference/particles/patterns.js";
import { allAnswers } from "../../runtime/inference/whole-answer.js";
import { rowsOfColumns } from "../../runtime/mechanisms/bound/columns.js";
import type { EngineDescription } from "../../runtime/tensors/engine/index.js";
import { RandomKey } from "../../runtime/tensors/random/index.js";
import type { FitDescription, Model } from "../../schema/types.js";
import { unitsOfDataset } from "../../session/units.js";
import { compileFit } from "../options/fit-option.js";
import { writeAnswers } from "../places/answer-data.js";
import { requireFile, requireModel } from "../places/model-file.js";
import { requireArtefact, requireArtefactTarget } from "../places/output-directory.js";
import { requireOwnArtefact } from "../places/replace-artefact.js";
import { type EngineOptions, startEngine } from "../places/runnable.js";
import { counted } from "../print/check-report.js";
import { answerLines, describeAnswer } from "../print/describe-answer.js";
import { describeLogProbability } from "../print/describe-log-probability.js";
import { missingMetrics, missingNote, roundText, rowsText } from "../print/incomplete-rows.js";
import { runReport } from "../print/run-report.js";
import { noteAdvice, warningLines } from "../print/warning-lines.js";
import { bar, createTerminal, rowProgress, type Terminal } from "../process/terminal.js";
import { version } from "../process/version.js";

export interface RunOptions extends EngineOptions {
  readonly data: string;
  readonly test?: string;
  readonly out?: string;
  /** True to replace the artefact of another model. */
  readonly overwrite?: boolean;
  readonly reuse?: readonly string[];
  /** Fitting options in the language, which override the program's. */
  readonly fit?: readonly string[];
  readonly particles: number;
  readonly samples: number;
}

/** The findings of a run, as `--json` prints them and the artefact's metrics keep them. */
export interface RunMetrics extends Record<string, unknown> {
  readonly logProbability: Readonly<Record<string, LogProbabilityFigure>>;
  /** Figures of implicit mechanisms, which do not have a log-probability. */
  readonly reconstruction: Readonly<Record<string, ReconstructionFigure>>;
  readonly queries: readonly Record<string, unknown>[];
}

export interface RunResult {
  readonly out: string;
  readonly engine: EngineDescription;
  readonly fitted: FittedModel;
  readonly metrics: RunMetrics;
}

export async function run(file: string, options: RunOptions): Promise<void> {
  const terminal = createTerminal(options.quiet ?? false);
  const model = await requireModel(file);
  const { out, engine, metrics, fitted } = await runModel(model, options, terminal);
  if (options.json)
    process.stdout.write(
      `${jsonText({ out, engine, fits: fitted.fits, ...posteriorsOf(fitted), ...warningsOf(fitted), ...metrics }, 2)}\n`,
    );
  else process.stdout.write(metricsText(metrics));
  if (metrics.queries.some((query) => query.failed === true)) process.exitCode = exitCode.failure;
}

const posteriorsOf = ({ posteriors }: FittedModel) => (posteriors.length > 0 ? { posteriors } : {});

const warningsOf = ({ warnings }: FittedModel) => (warnings.length > 0 ? { warnings } : {});

/** Fits, evaluates, answers and writes; the library calls this function. */
export async function runModel(model: Model, options: RunOptions, terminal: Terminal): Promise<RunResult> {
  const out = (options.out ?? join("runs", model.name || "model")).replace(/(?<=.)\/+$/, "");
  const { engine, description } = await startEngine(options);
  const fits = compileFit(options.fit, model);
  requireArtefactTarget(out);
  await requireOwnArtefact(out, model, options.overwrite ?? false);
  for (const manifest of [options.data, options.test]) if (manifest !== undefined) requireFile(manifest);
  const training = await readDataset(options.data, model.variables, { allowMissingValues: true });
  // Warnings about this data set come from the fit.
  noteAdvice(
    terminal,
    training.advice?.filter(({ severity }) => severity === "note"),
  );
  const test = options.test === undefined ? undefined : await readTest(options.test, training);
  noteAdvice(terminal, test?.advice);
  const report = rowProgress(terminal);
  const fitted = await fitModel({
    model,
    dataset: training,
    engine,
    seed: options.seed,
    fits,
    checkpoints: checkpointFiles(`${out}.checkpoints`),
    earlier: await allEarlierFits(out, options.reuse ?? [], terminal),
    onProgress: (progress) => terminal.progress(progressText(progress)),
    ...(test ? { askedWithout: missingIn(rowsOfColumns(test.columns, new Map())) } : {}),
    onFit: (fit, reused, name) => {
      terminal.done(fitText(name, fit, lossUnit(model, fit, name), reused, training.rows));
      if (fit.warnings) terminal.note(warningLines(fit.warnings));
    },
    onWarnings: (warnings) => terminal.note(warningLines(warnings)),
    onMissing: (cells, missing) => terminal.note(missingNote(cells, missing, training.takenForMissing)),
    onCompletion: (round, done, total) => report(`round ${round}, completing rows`, done, total),
    onRound: (round) => terminal.done(roundText(round)),
  });
  const { loaded } = fitted;
  const write = (
    metrics: Readonly<Record<string, unknown>>,
    writeMore: (directory: string) => Promise<void> = async () => {},
  ) =>
    writeArtefact(out, {
      loaded,
      fits: fitted.fits,
      posteriors: fitted.posteriors,
      warnings: [...fitted.warnings],
      metrics,
      provenance: {
        scmcVersion: version,
        ...description,
        seed: options.seed,
        trainingRows: training.rows,
        ...(options.fit ? { fitOptions: [...options.fit] } : {}),
      },
      writeMore,
    });
  // The artefact is written before any query is answered, so a later failure does not lose the fit.
  await write({});
  const key = RandomKey.fromSeed(options.seed).split("run");
  const observed = test && rowsOfColumns(test.columns, loaded.variables);
  const weighted = test?.weights ? { weights: test.weights } : {};
  const logProbability = observed
    ? await evaluateLogProbability({ loaded, engine, observed, ...weighted, key: key.split("evaluation") })
    : {};
  const reconstruction = observed ? await evaluateReconstruction({ loaded, engine, observed, ...weighted }) : {};
  const session = { loaded, engine, seed: options.seed };
  const units = test && unitsOfDataset(loaded, test);
  const answers = await allAnswers(session, units, ({ name }) => ({
    particles: options.particles,
    samples: options.samples,
    onUnits: ({ index, of }, done, total) => report(`query ${of > 1 ? `${name}.${index + 1}` : name}`, done, total),
  }));
  const metrics: RunMetrics = {
    ...missingMetrics(fitted),
    logProbability,
    reconstruction,
    queries: answers.map((answer) => describeAnswer(loaded, answer, "--test")),
  };
  const page = runReport({
    loaded,
    fits: fitted.fits,
    warnings: [...fitted.warnings, ...fitted.fits.flatMap(({ warnings = [] }) => warnings)],
    logProbability,
    reconstruction,
    answers,
    test,
    made: [...madeFacts(options, description), ...missingFacts(fitted)],
  });
  await write(metrics, async (directory) => {
    await writeAnswers(join(directory, "queries"), loaded, answers, test);
    await writeFile(join(directory, "report.html"), page);
  });
  await rm(`${out}.checkpoints`, { recursive: true, force: true });
  terminal.done(`wrote ${out}`);
  return { out, engine: description, fitted, metrics };
}

function madeFacts({ data, test, seed, fit = [], particles, samples }: RunOptions, engine: EngineDescription) {
  return [
    { label: "scmc", value: version },
    { label: "training data", value: data },
    { label: "test data", value: test ?? "none" },
    { label: "seed", value: seed },
    { label: "engine", value: `${engine.engine} (${engine.library})` },
    { label: "device", value: engine.device },
    { label: "threads", value: engine.threads ?? "one a core" },
    ...fit.map((text) => ({ label: "fitting options", value: text })),
    { label: "particles a unit", value: particles },
    { label: "samples of an expectation", value: samples },
  ];
}

function missingFacts({ missing: { cells, options } }: FittedModel) {
  if (cells.incompleteRows === 0) return [];
  const how = options.method === "em" && cells.affected.size > 0 ? `EM, ${options.rounds} rounds` : "left out of fits";
  return [{ label: "rows that lack values", value: `${cells.incompleteRows} of ${cells.rows}: ${how}` }];
}

/** Reads the test data with the training data's domains, so class codes agree. */
function readTest(manifest: string, training: LoadedDataset): Promise<LoadedDataset> {
  return readDataset(
    manifest,
    [...training.domains].map(([name, domain]) => ({ name, domain })),
    { allowMissingValues: true },
  );
}

/**
 * The fits of the artefact that is replaced and of those named by `--reuse`; the artefact to be replaced may be
 * damaged.
 */
async function allEarlierFits(
  out: string,
  reuse: readonly string[],
  terminal: Terminal,
): Promise<Map<string, EarlierFit>> {
  const all = new Map<string, EarlierFit>();
  for (const directory of reuse) {
    requireArtefact(directory);
    for (const [key, fit] of await earlierFits(directory)) all.set(key, fit);
  }
  try {
    for (const [key, fit] of await earlierFits(out)) all.set(key, fit);
  } catch (error) {
    if (!(error instanceof ScmcError)) throw error;
    terminal.note(`no fits taken over from ${out}: ${error.diagnostics[0]?.message}`);
  }
  return all;
}

function progressText({ variable, step, steps, epoch, epochs, loss, heldOutLoss, round, rounds }: FitProgress): string {
  const of = round === undefined ? "" : `round ${round}/${rounds}, `;
  const held = heldOutLoss === null ? "" : `, held out ${heldOutLoss.toFixed(3)}`;
  return `${of}fitting ${variable} ${bar(step, steps)} epoch ${Math.min(epoch + 1, epochs)}/${epochs} loss ${loss.toFixed(3)}${held}`;
}

function fitText(name: string, fit: FitDescription, unit: string, reused: boolean, total: number): string {
  const { variable, rows, epochs, seconds, heldOutLoss, parameters } = fit;
  const isPosterior = name !== variable;
  const what = isPosterior ? `the posterior of ${variable}` : variable;
  const part =
    isPosterior && rows !== undefined
      ? ` on ${rows} of ${total} rows, on which ${variable} and its causes have values`
      : rowsText(fit, total);
  if (parameters === 0) return `fitted ${what}: one value in every row${part}, so there is nothing to fit`;
  const exact =
    fit.loss === undefined ? undefined : `exactly, by ${methodText(fit)}; loss ${fit.loss.toFixed(3)} ${unit}`;
  if (exact !== undefined)
    return `fitted ${what}${reused ? ", unchanged, taken over" : ""}${part}: ${exact}; ${counted(parameters, "parameter")}`;
  const how = `${reused ? "unchanged, taken over" : `${epochs} epochs, ${seconds.toFixed(1)} s`}${part}`;
  return `fitted ${what}: ${how}; held-out loss ${heldOutLoss?.toFixed(3)} ${unit}; ${parameters} parameters`;
}

function methodText({ method, steps }: FitDescription): string {
  return method === "newton" ? `Newton's method in ${counted(steps, "step")}` : (method ?? "");
}

/** The unit of a fit's loss; an implicit mechanism is judged by its reconstructions. */
function lossUnit({ mechanisms }: Model, fit: FitDescription, name: string): string {
  if (name !== fit.variable) return "nats";
  const isImplicit = mechanisms.some(
    ({ variable, abduction }) => variable === fit.variable && abduction === "implicit",
  );
  return isImplicit ? "(mean absolute error of reconstructions)" : "nats";
}

export function metricsText({ logProbability, reconstruction, queries }: RunMetrics): string {
  const lines: string[] = [];
  for (const [name, figure] of Object.entries(logProbability)) lines.push(describeLogProbability(name, figure));
  for (const [name, { mean, standardError, units }] of Object.entries(reconstruction))
    lines.push(
      `${name} from its abducted noise: off by ${mean.toFixed(4)} ± ${standardError.toFixed(4)} on average (standard error over ${units} test units); its mechanism has no log-probability`,
    );
  for (const query of queries) lines.push(...answerLines(query));
  return lines.map((line) => `${line}\n`).join("");
}
