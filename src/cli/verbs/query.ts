/** `scmc query`: one query of the language, whatever its form. Samples and counterfactuals are written as a data set. */

import { checkDatasetTarget, writeDataset } from "../../data/write-dataset.js";
import { failure } from "../../diagnostics/diagnostic.js";
import { worldsOf } from "../../model/plan.js";
import { ask, boundModel, type QuestionOptions } from "../ask.js";
import { answerDataset, describeAnswer } from "../describe-answer.js";
import { outputOf, untilStopped } from "../output.js";
import { requireWritable } from "../output-directory.js";
import { compileQuestion } from "../question.js";
import { printAnswers } from "./expectation.js";

export interface QueryOptions extends QuestionOptions {
  readonly data?: string;
  readonly out?: string;
  readonly particles: number;
  readonly overwrite?: boolean;
}

export async function query(path: string, text: string, options: QueryOptions): Promise<void> {
  const { out, overwrite = false } = options;
  if (out !== undefined) requireWritable(out);
  const asked = await ask(path, options);
  const { expression } = compileQuestion(text, boundModel(asked.loaded));
  const makesData = expression.kind === "sample" || expression.kind === "counterfactual";
  if (makesData && out === undefined)
    throw failure(
      "7108",
      "--query",
      `\`${expression.kind}\` gives a data set, and there is no place for it`,
      "Add --out DIR.",
    );
  const worlds = makesData ? worldsOf(expression.interventions).length : 1;
  for (let world = 0; out !== undefined && world < worlds; world++)
    await checkDatasetTarget(outputOf(options, world, worlds).out!, overwrite);
  const answers = await asked.answer({ name: text, expression }, options.particles);
  const described = [];
  for (const [index, answer] of answers.entries()) {
    const { files: _, ...description } = describeAnswer(answer, asked.data?.rows ?? 0);
    const dataset = answerDataset(asked.loaded, answer, asked.data);
    const { out: target } = outputOf(options, index, answers.length);
    if (dataset && target !== undefined)
      await untilStopped(() => writeDataset(target, dataset, { precision: "float32", overwrite }));
    described.push(dataset ? { ...description, files: target } : description);
  }
  printAnswers(described, options);
}
