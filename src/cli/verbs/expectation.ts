/** `scmc expectation`: a mean, probability or quantile in a world, given evidence in it, with its standard error. */
import { exitCode } from "../../diagnostics/diagnostic.js";
import { jsonText } from "../../model/files/json-text.js";
import { boundModel } from "../../runtime/mechanisms/loaded-model.js";
import { compileQuestion, conditionsText, meanText } from "../options/question.js";
import { ask, type QuestionOptions } from "../places/ask.js";
import { answerLines, describeAnswer } from "../print/describe-answer.js";

export interface ExpectationOptions extends QuestionOptions {
  readonly of: string;
  readonly quantile?: readonly number[];
}

export async function expectation(path: string, options: ExpectationOptions): Promise<void> {
  const asked = await ask(path, options);
  const conditions = conditionsText(options.given, options.do);
  const target = options.of;
  const texts = options.quantile?.map((level) => `quantile(${level}, ${target}${conditions})`) ?? [
    meanText(target, conditions),
  ];
  const described: Record<string, unknown>[] = [];
  for (const text of texts) {
    const query = { ...compileQuestion(text, boundModel(asked.loaded)), name: text };
    for (const answer of await asked.answer(query)) described.push(describeAnswer(asked.loaded, answer, 0));
  }
  printAnswers(described, options);
}

export function printAnswers(described: readonly Record<string, unknown>[], { json, seed }: QuestionOptions): void {
  if (described.some(({ kind }) => kind === "unanswered")) process.exitCode = exitCode.failure;
  if (json) process.stdout.write(`${jsonText({ seed, answers: described }, 2)}\n`);
  else process.stdout.write(`${described.flatMap(answerLines).join("\n")}\n`);
}
