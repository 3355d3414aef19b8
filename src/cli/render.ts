/** Diagnostics for people: what, where, the line of the source, and what to do. Colours only on a terminal without NO_COLOR. */
import type { Diagnostic, Severity, Span } from "../diagnostics/diagnostic.js";
import { colour } from "./terminal.js";

const severityColour: Record<Severity, "red" | "yellow" | "cyan"> = { error: "red", warning: "yellow", note: "cyan" };

/** `sources` holds the text of each file that spans refer to; without it the position alone is printed. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], sources: ReadonlyMap<string, string>): string {
  return diagnostics.map((diagnostic) => `${renderOne(diagnostic, sources).join("\n")}\n`).join("\n");
}

function renderOne(diagnostic: Diagnostic, sources: ReadonlyMap<string, string>): string[] {
  const { severity, code, message, file, span, related = [], hint } = diagnostic;
  const lines = [
    `${colour(severityColour[severity], `${severity}[${code}]`)}: ${message}`,
    `  --> ${place(file, span)}`,
  ];
  if (span) lines.push(...excerpt(sources.get(file), span, severity));
  for (const other of related) {
    lines.push(`  note: ${other.message} (${place(other.file, other.span)})`);
    lines.push(...excerpt(sources.get(other.file), other.span, "note"));
  }
  if (hint) lines.push(`  ${colour("cyan", "help")}: ${hint}`);
  return lines;
}

function place(file: string, span: Span | undefined): string {
  return span ? `${file}:${span.start.line}:${span.start.column}` : file;
}

/** The source line with the span underlined; a span over several lines is underlined to the end of its first. */
function excerpt(source: string | undefined, span: Span, severity: Severity): string[] {
  const line = source?.split(/\r\n|\r|\n/)[span.start.line - 1];
  if (line === undefined) return [];
  const end = span.end.line === span.start.line ? span.end.column : line.length + 1;
  const width = Math.max(1, end - span.start.column);
  const gutter = String(span.start.line);
  const indent = line.slice(0, span.start.column - 1).replace(/[^\t]/g, " ");
  return [
    `${gutter.padStart(5)} | ${line}`,
    `${" ".repeat(5)} | ${indent}${colour(severityColour[severity], "^".repeat(width))}`,
  ];
}
