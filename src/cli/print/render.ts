/**
 * Diagnostics for people: the message, the place, the line of the source, and the way out. Colours are used only on a
 * terminal, and not with NO_COLOR.
 */
import type { Diagnostic, Severity, Span } from "../../diagnostics/diagnostic.js";
import { isOptionText } from "../process/option-files.js";
import { colour } from "../process/terminal.js";
import { excerptOf } from "./excerpt.js";

const severityColour: Record<Severity, "red" | "yellow" | "cyan"> = { error: "red", warning: "yellow", note: "cyan" };

type Paint = (name: "red" | "yellow" | "cyan", text: string) => string;

/** `sources` holds the text of each file that spans refer to; if it is missing, only the position is printed. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], sources: ReadonlyMap<string, string>): string {
  return render(diagnostics, sources, colour);
}

/** The same without colours, for files. */
export function renderPlainly(diagnostics: readonly Diagnostic[], sources: ReadonlyMap<string, string>): string {
  return render(diagnostics, sources, (_, text) => text);
}

function render(diagnostics: readonly Diagnostic[], sources: ReadonlyMap<string, string>, paint: Paint): string {
  return diagnostics.map((diagnostic) => `${renderOne(diagnostic, sources, paint).join("\n")}\n`).join("\n");
}

function renderOne(diagnostic: Diagnostic, sources: ReadonlyMap<string, string>, paint: Paint): string[] {
  const { severity, code, message, file, span, related = [], hint } = diagnostic;
  const lines = [
    `${paint(severityColour[severity], `${severity}[${code}]`)}: ${message}`,
    `  --> ${place(file, span)}`,
  ];
  if (span) lines.push(...excerpt(file, sources.get(file), span, severity, paint));
  for (const other of related) {
    lines.push(`  note: ${other.message} (${place(other.file, other.span)})`);
    lines.push(...excerpt(other.file, sources.get(other.file), other.span, "note", paint));
  }
  if (hint) lines.push(`  ${paint("cyan", "help")}: ${hint}`);
  return lines;
}

/** The place of a span. An option's text has one line, so only the option is named: the carets show the position. */
function place(file: string, span: Span | undefined): string {
  return span && !isOptionText(file) ? `${file}:${span.start.line}:${span.start.column}` : file;
}

function excerpt(file: string, source: string | undefined, span: Span, severity: Severity, paint: Paint): string[] {
  const found = excerptOf(source, span);
  if (found === undefined) return [];
  const gutter = isOptionText(file) ? "" : String(span.start.line);
  return [
    `${gutter.padStart(5)} | ${found.line}`,
    `${" ".repeat(5)} | ${found.indent}${paint(severityColour[severity], found.carets)}`,
  ];
}
