/**
 * Adds the texts for excerpts of files that a message points into but that no verb has read as a program, such as a
 * manifest.
 */
import { readFileSync } from "node:fs";
import type { Diagnostic } from "../../diagnostics/diagnostic.js";
import { isOptionText } from "./option-files.js";

/** Adds the missing texts; a diagnostic of a file that can no longer be read is printed without an excerpt. */
export function addMissingSources(sources: Map<string, string>, diagnostics: readonly Diagnostic[]): void {
  for (const { file, span } of diagnostics) {
    if (span === undefined || sources.has(file) || isOptionText(file)) continue;
    try {
      sources.set(file, readFileSync(file, "utf8"));
    } catch {
      // Only the position is printed.
    }
  }
}
