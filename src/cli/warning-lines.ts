/** Warnings about data as `run` prints them: a line and what to do, as other warnings of a run. */
import type { DataWarning } from "../data/data-warnings.js";

export function warningLines(warnings: readonly DataWarning[]): string {
  return warnings.flatMap(({ message, hint }) => [`warning: ${message}`, `  ${hint}`]).join("\n");
}
