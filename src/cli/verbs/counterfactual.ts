/**
 * `scmc counterfactual`: answers for the observed units under an intervention, block by block, so the data may be
 * larger than memory; or for one unit about which something is known. Ids and row order are kept, and copied variables
 * stay as they were read. Images are the mean over particles, clipped and rounded.
 */
import { variable } from "../../algebra/expression.js";
import { levelsIn, printIntervention } from "../../algebra/print-expression.js";
import { failure } from "../../diagnostics/diagnostic.js";
import { evidenceOf, planCounterfactual, worldsOf } from "../../model/plans/plan.js";
import { type AnswerOptions, answer } from "../../runtime/inference/answer.js";
import { boundModel, type LoadedModel } from "../../runtime/mechanisms/loaded-model.js";
import type { Intervention, QueryTerm } from "../../schema/types.js";
import { namesOfMissing } from "../options/missing-option.js";
import { compileQuestion, conditionsText } from "../options/question.js";
import { type Asked, ask } from "../places/ask.js";
import { checkOutput, type OutputOptions, printSummary, targetsOf, toStdout } from "../places/output.js";
import { type EngineOptions, interventionsOf } from "../places/runnable.js";
import { unitsOf } from "../places/units.js";
import { type Written, writeAnswer } from "../places/write-answer.js";
import { inferenceLines, summaryLines, supportJson } from "../print/describe-answer.js";
import { errorLines, errorsJson } from "../print/particle-error-text.js";
import { rowProgress } from "../process/terminal.js";

export interface CounterfactualOptions extends EngineOptions, OutputOptions {
  readonly data?: string;
  /** Variables that the data do not have. */
  readonly missing?: readonly string[];
  /** The known values of one unit, given instead of data. */
  readonly given?: readonly string[];
  readonly do: readonly string[];
  readonly particles: number;
  /** The number of proposals per unit if missing values are found by importance sampling. */
  readonly proposals?: number;
  /** True to add standard deviations and quantiles over particles to the means. */
  readonly sd?: boolean;
  readonly quantiles?: readonly number[];
  readonly batch?: number;
}

export async function counterfactualTo(path: string, options: CounterfactualOptions): Promise<void> {
  const { data, given } = options;
  if ((data === undefined) === (given === undefined))
    throw failure(
      "7108",
      "--data",
      "the units are those of a data set (--data) or one of which something is known (--given), one of the two",
      'Add --data MANIFEST, or --given "t = 2".',
    );
  const asked = await ask(path, options);
  const { session, terminal } = asked;
  const { loaded } = session;
  const interventions = interventionsOf(options.do, loaded, "grids");
  await checkOutput(options, worldsOf(interventions).length);
  const targets = targetsOf(loaded, options);
  const term = given === undefined ? termOf(targets, interventions) : givenTerm(loaded, targets, options);
  const units =
    data === undefined
      ? undefined
      : await unitsOf(data, loaded, terminal, {
          required: neededColumns(loaded, interventions, targets),
          absent: namesOfMissing(loaded.model, options.missing),
        });
  const described: Record<string, unknown>[] = [];
  await writeAnswer(
    loaded,
    answer(session, { expression: term }, units, answerOptions(asked, options)),
    options,
    (one) => described.push(...describe(asked, one, options)),
  );
  printSummary(options, described.length === 1 ? described[0]! : { worlds: described });
}

function termOf(targets: readonly string[], interventions: Intervention[]): QueryTerm {
  return { kind: "counterfactual", of: targets.map(variable), evidence: [], interventions };
}

function givenTerm(
  loaded: LoadedModel,
  targets: readonly string[],
  { given, do: action }: CounterfactualOptions,
): QueryTerm {
  const text = `counterfactual(${targets.join(", ")}${conditionsText(given, action)})`;
  return compileQuestion(text, boundModel(loaded)).expression as QueryTerm;
}

/**
 * The columns that the answer reads, except latent variables: the data must have each of them, or it must be declared
 * missing.
 */
function neededColumns(
  { model }: LoadedModel,
  interventions: readonly Intervention[],
  targets: readonly string[],
): string[] {
  const latent = new Set(model.variables.filter((one) => one.latent).map(({ name }) => name));
  const read = evidenceOf(planCounterfactual(model, interventions, targets), targets);
  return read.filter((name) => !latent.has(name));
}

function answerOptions({ terminal }: Asked, options: CounterfactualOptions): AnswerOptions {
  const { particles, proposals, batch, sd = false, quantiles = [] } = options;
  const report = rowProgress(terminal);
  return {
    particles,
    ...(proposals === undefined ? {} : { proposals }),
    ...(batch === undefined ? {} : { batch }),
    wanted: { sd, quantiles },
    onUnits: ({ index, of }, done, total) =>
      report(of > 1 ? `counterfactuals of world ${index + 1}` : "counterfactuals", done, total),
  };
}

/** Prints what was written for a world, and returns the same as data. */
function describe(
  { session: { loaded }, terminal, engine }: Asked,
  { summary, place }: Written,
  { particles, seed }: CounterfactualOptions,
): Record<string, unknown>[] {
  if (summary.kind !== "counterfactual") return [];
  const { world, rows, targets, plan, support, inference, errors } = summary;
  terminal.done(`wrote ${rows} counterfactual units to ${toStdout(place) ? "stdout" : place.out}`);
  const levelsOf = levelsIn(boundModel(loaded));
  const setTo = world.interventions.map((one) => printIntervention(one, levelsOf)).join(", ");
  if (world.of > 1) terminal.note(`  do(${setTo})`);
  for (const line of [...errorLines(loaded, errors), ...summaryLines(plan, support), ...inferenceLines(inference)])
    terminal.note(line);
  return [
    {
      rows,
      variables: targets,
      seed,
      engine,
      particles,
      plan,
      ...errorsJson(errors),
      ...supportJson(support),
      ...(inference.length > 0 ? { inference } : {}),
      ...(world.of > 1 ? { out: place.out } : {}),
    },
  ];
}
