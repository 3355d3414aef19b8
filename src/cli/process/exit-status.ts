/**
 * Which exit code a list of errors ends a command with: 2 where the command line itself is wrong (a file that is not
 * there, a `--do` that does not compile, an unknown engine), 3 where data or a run failed, 1 for findings in programs
 * and models.
 */
import { explain } from "../../diagnostics/catalogue/index.js";
import { type Diagnostic, exitCode } from "../../diagnostics/diagnostic.js";

/** The names under which texts of the command line appear in messages. */
export const interventionFile = "--do";
export const fitFile = "--fit";
export const queryFile = "--query";

export function isOptionText(file: string): boolean {
  return file.startsWith("--");
}

export function exitCodeOf(errors: readonly Diagnostic[]): number {
  if (errors.some(isUsage)) return exitCode.usage;
  return errors.some(({ code }) => /^[67]/.test(code)) ? exitCode.failure : exitCode.findings;
}

export function isUsage({ code, file }: Diagnostic): boolean {
  return isOptionText(file) || explain(code)?.exit === "usage";
}
