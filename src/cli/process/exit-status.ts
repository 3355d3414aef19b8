/**
 * Which exit code a list of errors ends a command with: 2 where the command line itself is wrong (a file that is not
 * there, a `--do` that does not compile, an unknown engine), 3 where data or a run failed, 1 for findings in programs
 * and models.
 */
import { type Diagnostic, exitCode } from "../../diagnostics/diagnostic.js";

/** Codes about the command line; the other 7xxx are about a run. */
const usageCodes: ReadonlySet<string> = new Set([
  "7005",
  "7006",
  "7020",
  "7101",
  "7102",
  "7103",
  "7105",
  "7106",
  "7107",
  "7108",
  "7109",
  "7120",
  "7121",
  "7122",
]);

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
  return isOptionText(file) || usageCodes.has(code);
}
