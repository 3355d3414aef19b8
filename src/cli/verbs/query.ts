/**
 * `scmc query`: answers one query of the language, whatever its form. Samples and counterfactuals are units, written
 * like those of `scmc sample`.
 */
import { targetNames } from "../../algebra/expression.js";
import { failure } from "../../diagnostics/diagnostic.js";
import { worldsOf } from "../../model/plans/plan.js";
import { type AnswerOptions, answer, type UnitSource } from "../../runtime/inference/answer.js";
import { namedAs, unanswered, wholeAnswer } from "../../runtime/inference/whole-answer.js";
import { boundModel } from "../../runtime/mechanisms/loaded-model.js";
import type { QueryTerm } from "../../schema/types.js";
import type { DataBlock } from "../../session/units.js";
import { compileQuestion } from "../options/question.js";
import { type Asked, ask, type QuestionOptions } from "../places/ask.js";
import { checkOutput, type OutputOptions, targetsOf, toStdout } from "../places/output.js";
import { unitsOf } from "../places/units.js";
import { writeAnswer } from "../places/write-answer.js";
import { answerLines, describeAnswer } from "../print/describe-answer.js";
import { printAnswers } from "../print/print-answers.js";

export interface QueryOptions extends QuestionOptions, Omit<OutputOptions, "of"> {
  readonly data?: string;
  readonly particles: number;
}

export async function query(path: string, text: string, options: QueryOptions): Promise<void> {
  const asked = await ask(path, options);
  const { session, terminal } = asked;
  const { loaded } = session;
  const { expression } = compileQuestion(text, boundModel(loaded));
  const units = options.data === undefined ? undefined : await unitsOf(options.data, loaded, terminal);
  if (expression.kind === "sample" || expression.kind === "counterfactual") {
    await writeUnits(asked, text, expression, units, options);
    return;
  }
  if (options.out !== undefined)
    throw failure(
      "7108",
      "--out",
      "an output is for samples and counterfactuals; this answer is printed",
      "Leave it out.",
    );
  const name = expression.kind === "density" ? `log ${text}` : text;
  const answers = await wholeAnswer(session, { name, expression }, units, optionsOf(options));
  printAnswers(
    answers.map((one) => describeAnswer(loaded, one)),
    options,
  );
}

const optionsOf = ({ samples, particles }: QueryOptions): AnswerOptions => ({ samples, particles });

async function writeUnits(
  { session, terminal }: Asked,
  name: string,
  expression: QueryTerm,
  units: UnitSource<DataBlock> | undefined,
  options: QueryOptions,
): Promise<void> {
  const { loaded } = session;
  targetsOf(loaded, { ...options, of: targetNames(expression.of) });
  await checkOutput(options, worldsOf(expression.interventions).length);
  const described: Record<string, unknown>[] = [];
  const parts = answer(session, { expression }, units, optionsOf(options));
  await writeAnswer(loaded, parts, options, ({ summary, place }) => {
    const { world } = summary;
    const named = namedAs(name, world);
    if (summary.kind === "unanswered") {
      described.push(describeAnswer(loaded, unanswered(named)));
      return;
    }
    const { files: _, ...description } = describeAnswer(loaded, { ...summary, ...named });
    described.push({ ...description, files: toStdout(place) ? "stdout" : place.out });
  });
  if (!toStdout(options)) printAnswers(described, options);
  else for (const line of described.flatMap(answerLines)) terminal.note(line);
}
