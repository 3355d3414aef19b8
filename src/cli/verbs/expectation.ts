/** `scmc expectation`: a mean, probability or quantile in a world, given evidence in it, with its standard error. */
import { wholeAnswer } from "../../runtime/inference/whole-answer.js";
import { boundModel } from "../../runtime/mechanisms/loaded-model.js";
import { compileQuestion, conditionsText, meanText } from "../options/question.js";
import { ask, type QuestionOptions } from "../places/ask.js";
import { describeAnswer } from "../print/describe-answer.js";
import { printAnswers } from "../print/print-answers.js";

export interface ExpectationOptions extends QuestionOptions {
  readonly of: string;
  readonly quantile?: readonly number[];
}

export async function expectation(path: string, options: ExpectationOptions): Promise<void> {
  const { session } = await ask(path, options);
  const { loaded } = session;
  const { of, samples } = options;
  const conditions = conditionsText(options.given, options.do);
  const texts = options.quantile?.map((level) => `quantile(${level}, ${of}${conditions})`) ?? [
    meanText(of, conditions),
  ];
  const described: Record<string, unknown>[] = [];
  for (const text of texts) {
    const query = { ...compileQuestion(text, boundModel(loaded)), name: text };
    for (const one of await wholeAnswer(session, query, undefined, { samples }))
      described.push(describeAnswer(loaded, one));
  }
  printAnswers(described, options);
}
