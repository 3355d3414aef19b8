/**
 * Warnings and notes about data as `run` prints them: one line and the way out, like other warnings of the terminal.
 */
import type { Advice } from "../../data/columns/dataset.js";
import type { DataWarning } from "../../data/warnings/data-warning.js";
import type { Terminal } from "../process/terminal.js";

export function warningLines(warnings: readonly Pick<DataWarning, "message" | "hint">[]): string {
  return warnings.flatMap(({ message, hint }) => [`warning: ${message}`, `  ${hint}`]).join("\n");
}

/** Prints advice from reading a data set, for every verb that reads one. */
export function noteAdvice(terminal: Terminal, advice: readonly Advice[] = []): void {
  for (const { severity, message, hint } of advice)
    terminal.note(`${severity === "warning" ? "warning: " : ""}${message}\n  ${hint}`);
}
