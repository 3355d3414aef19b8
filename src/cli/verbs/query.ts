/**
 * `scmc query`: one query of the language, whatever its form. Samples and counterfactuals are units, written like those
 * of `scmc sample`.
 */

import { targetNames } from "../../algebra/expression.js";
import { failure } from "../../diagnostics/diagnostic.js";
import { worldsOf } from "../../model/plans/plan.js";
import { boundModel } from "../../runtime/mechanisms/loaded-model.js";
import type { QueryTerm } from "../../schema/types.js";
import { compileQuestion } from "../options/question.js";
import { answerDataset } from "../places/answer-data.js";
import { type Asked, ask, type QuestionOptions } from "../places/ask.js";
import { checkOutput, type OutputOptions, outputOf, targetsOf, toStdout, writeTo } from "../places/output.js";
import { answerLines, describeAnswer } from "../print/describe-answer.js";
import { printAnswers } from "./expectation.js";

export interface QueryOptions extends QuestionOptions, Omit<OutputOptions, "of"> {
  readonly data?: string;
  readonly particles: number;
}

export async function query(path: string, text: string, options: QueryOptions): Promise<void> {
  const asked = await ask(path, options);
  const { expression } = compileQuestion(text, boundModel(asked.loaded));
  if (expression.kind === "sample" || expression.kind === "counterfactual") {
    await writeUnits(asked, text, expression, options);
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
  const answers = await asked.answer({ name, expression }, options.particles);
  printAnswers(
    answers.map((answer) => describeAnswer(asked.loaded, answer, asked.data?.rows ?? 0)),
    options,
  );
}

async function writeUnits(
  { loaded, data, terminal, answer: answerOf }: Asked,
  text: string,
  expression: QueryTerm,
  options: QueryOptions,
): Promise<void> {
  targetsOf(loaded, { ...options, of: targetNames(expression.of) });
  await checkOutput(options, worldsOf(expression.interventions).length);
  const answers = await answerOf({ name: text, expression }, options.particles);
  const described = [];
  for (const [index, answer] of answers.entries()) {
    const place = { ...options, ...outputOf(options, index, answers.length) };
    const dataset = answerDataset(loaded, answer, data);
    // Drawn units have no names.
    const ids = answer.kind === "sample" ? null : (dataset?.ids ?? null);
    if (dataset) await writeTo(place, (sink) => sink.write({ firstRow: 0, ...dataset, ids }));
    const { files: _, ...description } = describeAnswer(loaded, answer, data?.rows ?? 0);
    described.push(dataset ? { ...description, files: toStdout(place) ? "stdout" : place.out } : description);
  }
  if (!toStdout(options)) printAnswers(described, options);
  else for (const line of described.flatMap(answerLines)) terminal.note(line);
}
