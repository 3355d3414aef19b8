/**
 * JSON for programs, published as schema/diagnostics.schema.json: lines and columns from 1, offsets from 0 in UTF-16
 * units, null if a diagnostic has no place, hint or fix. JSON lines hold one diagnostic each, in the same shape.
 */
import type { Diagnostic } from "../../diagnostics/diagnostic.js";
import { allDiagnostics, type CheckReport } from "../print/check-report.js";
import { fixOf } from "./fix.js";

export function json(report: CheckReport): string {
  const diagnostics = allDiagnostics(report).map((diagnostic) => toJson(diagnostic, report.sources));
  return `${JSON.stringify({ formatVersion: 1, summary: report.summary, diagnostics }, null, 2)}\n`;
}

export function jsonLines(report: CheckReport): string {
  return allDiagnostics(report)
    .map((diagnostic) => `${JSON.stringify(toJson(diagnostic, report.sources))}\n`)
    .join("");
}

function toJson(diagnostic: Diagnostic, sources: ReadonlyMap<string, string>): unknown {
  const { code, severity, message, file, span, related = [], hint } = diagnostic;
  return {
    code,
    severity,
    message,
    file,
    range: span ?? null,
    related: related.map((other) => ({ message: other.message, file: other.file, range: other.span })),
    hint: hint ?? null,
    fix: fixOf(diagnostic, sources) ?? null,
    url: diagnosticUrl(code),
  };
}

/** The place that explains a code, relative to the package. */
export function diagnosticUrl(code: string): string {
  return `docs/diagnostics.md#${code}`;
}
