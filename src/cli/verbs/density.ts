/**
 * `scmc density`: log-densities in a world, in nats, at a point or at observed units; a value that is not exact is
 * marked so.
 */
import { failure } from "../../diagnostics/diagnostic.js";
import { densityOf, mechanismsByName } from "../../model/plans/plan.js";
import { wholeAnswer } from "../../runtime/inference/whole-answer.js";
import { boundModel } from "../../runtime/mechanisms/loaded-model.js";
import type { Intervention, Model } from "../../schema/types.js";
import { listedNames } from "../options/known-names.js";
import { compileQuestion, conditionsText } from "../options/question.js";
import { ask, type QuestionOptions } from "../places/ask.js";
import { interventionsOf } from "../places/runnable.js";
import { unitsOf } from "../places/units.js";
import { describeAnswer } from "../print/describe-answer.js";
import { printAnswers } from "../print/print-answers.js";

export interface DensityOptions extends QuestionOptions {
  readonly at?: readonly string[];
  readonly data?: string;
  readonly of?: readonly string[];
}

export async function density(path: string, options: DensityOptions): Promise<void> {
  if ((options.at === undefined) === (options.data === undefined))
    throw failure(
      "7108",
      "--at",
      "a density is taken at a point (--at) or at observed units (--data), one of the two",
      'Add --at "i = 128", or --data MANIFEST.',
    );
  if (options.at !== undefined && options.of !== undefined)
    throw failure("7108", "--of", "a point (--at) names its variables itself", "Leave out --of.");
  const { session, terminal } = await ask(path, options);
  const { loaded } = session;
  const model = boundModel(loaded);
  const targets =
    options.at ?? (options.of ? listedNames(options.of) : scored(model, interventionsOf(options.do, loaded)));
  if (targets.length === 0)
    throw failure(
      "7108",
      "--do",
      "no variable is left that has a density and that --do does not set",
      "Name one with --of.",
    );
  const text = `density(${targets.join(", ")}${conditionsText(options.given, options.do)})`;
  const query = { ...compileQuestion(text, model), name: `log ${text}` };
  const units = options.data === undefined ? undefined : await unitsOf(options.data, loaded, terminal);
  const [one] = await wholeAnswer(session, query, units, { samples: options.samples });
  printAnswers([describeAnswer(loaded, one!)], options);
}

/** All observed variables that have a density and are not set by an intervention. */
function scored(model: Model, interventions: readonly Intervention[]): string[] {
  const byName = mechanismsByName(model);
  const set = new Set(interventions.map(({ variable }) => variable));
  return model.variables
    .filter(({ name, latent }) => !latent && !set.has(name) && densityOf(byName.get(name)!) !== "none")
    .map(({ name }) => name);
}
