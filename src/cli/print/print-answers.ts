/** Prints described answers on standard output: as lines, or as JSON. */
import { exitCode } from "../../diagnostics/diagnostic.js";
import { jsonText } from "../../model/files/json-text.js";
import { answerLines } from "./describe-answer.js";

export function printAnswers(
  described: readonly Record<string, unknown>[],
  { json, seed }: { readonly json?: boolean; readonly seed: number },
): void {
  if (described.some(({ kind }) => kind === "unanswered")) process.exitCode = exitCode.failure;
  if (json) process.stdout.write(`${jsonText({ seed, answers: described }, 2)}\n`);
  else process.stdout.write(`${described.flatMap(answerLines).join("\n")}\n`);
}
