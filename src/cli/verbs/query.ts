/** `scmc query`: one query of the language, whatever its form. Samples and counterfactuals are written as a data set. */

import { targetNames } from "../../compiler/queries.js";
import { failure } from "../../diagnostics/diagnostic.js";
import { worldsOf } from "../../model/plan.js";
import { boundModel } from "../../runtime/loaded-model.js";
import { answerDataset } from "../answer-data.js";
import { ask, type QuestionOptions } from "../ask.js";
import { describeAnswer } from "../describe-answer.js";
import { checkOutput, outputOf, targetsOf, writeTo } from "../output.js";
import { compileQuestion } from "../question.js";
import { printAnswers } from "./expectation.js";

export interface QueryOptions extends QuestionOptions {
  readonly data?: string;
  readonly out?: string;
  readonly particles: number;
  readonly overwrite?: boolean;
}

export async function query(path: string, text: string, options: QueryOptions): Promise<void> {
  const asked = await ask(path, options);
  const { expression } = compileQuestion(text, boundModel(asked.loaded));
  const makesData = expression.kind === "sample" || expression.kind === "counterfactual";
  if (makesData && options.out === undefined)
    throw failure(
      "7108",
      "--query",
      `\`${expression.kind}\` gives a data set, and there is no place for it`,
      "Add --out DIR.",
    );
  if (makesData) {
    await checkOutput(options, worldsOf(expression.interventions).length);
    targetsOf(asked.loaded, { ...options, of: targetNames(expression.of) });
  }
  const answers = await asked.answer({ name: text, expression }, options.particles);
  const described = [];
  for (const [index, answer] of answers.entries()) {
    const { files: _, ...description } = describeAnswer(asked.loaded, answer, asked.data?.rows ?? 0);
    const dataset = answerDataset(asked.loaded, answer, asked.data);
    const { out: target } = outputOf(options, index, answers.length);
    if (dataset && target !== undefined)
      await writeTo({ ...options, out: target }, (sink) => sink.write({ firstRow: 0, ...dataset }));
    described.push(dataset ? { ...description, files: target } : description);
  }
  printAnswers(described, options);
}
