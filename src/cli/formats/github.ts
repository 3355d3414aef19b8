/** Workflow commands of GitHub Actions, which become annotations: `::error file=…,line=…,col=…::message`. */
import type { Diagnostic, Severity } from "../../diagnostics/diagnostic.js";
import { allDiagnostics, type CheckReport } from "../print/check-report.js";

const commands: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", note: "notice" };

export function github(report: CheckReport): string {
  return allDiagnostics(report).map(command).join("");
}

function command({ severity, code, message, file, span, hint }: Diagnostic): string {
  const properties: [string, string | number][] = [["file", file]];
  if (span) {
    properties.push(["line", span.start.line], ["col", span.start.column], ["endLine", span.end.line]);
    // GitHub accepts an end column only on the same line.
    if (span.end.line === span.start.line) properties.push(["endColumn", span.end.column]);
  }
  properties.push(["title", `scmc ${code}`]);
  const list = properties.map(([name, value]) => `${name}=${escapeProperty(String(value))}`).join(",");
  return `::${commands[severity]} ${list}::${escapeData(hint ? `${message}\n${hint}` : message)}\n`;
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
