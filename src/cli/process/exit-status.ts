/**
 * The exit code for a list of errors: 2 if the command line itself is wrong (a file that does not exist, a `--do` that
 * does not compile, an unknown engine), 3 if data or a run failed, 1 for findings in programs and models. This file is
 * loaded only if there are errors, together with the catalogue of their codes.
 */
import { explain } from "../../diagnostics/catalogue/index.js";
import { type Diagnostic, exitCode } from "../../diagnostics/diagnostic.js";
import { isOptionText } from "./option-files.js";

export function exitCodeOf(errors: readonly Diagnostic[]): number {
  if (errors.some(isUsage)) return exitCode.usage;
  return errors.some(({ code }) => /^[67]/.test(code)) ? exitCode.failure : exitCode.findings;
}

export function isUsage({ code, file }: Diagnostic): boolean {
  return isOptionText(file) || explain(code)?.exit === "usage";
}
