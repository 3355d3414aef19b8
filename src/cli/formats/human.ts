/** The format for people: every diagnostic with its excerpt, then one line of summary. */
import { allDiagnostics, type CheckReport, counted } from "../print/check-report.js";
import { renderDiagnostics } from "../print/render.js";
import { colour } from "../process/terminal.js";

export function human(report: CheckReport): string {
  const diagnostics = allDiagnostics(report);
  return `${renderDiagnostics(diagnostics, report.sources)}${diagnostics.length > 0 ? "\n" : ""}${summaryLine(report)}`;
}

function summaryLine({ summary: { errors, warnings, files }, denyWarnings }: CheckReport): string {
  if (errors + warnings === 0) return `${colour("green", "ok")}: ${counted(files, "file")} checked\n`;
  const denied = errors === 0 && denyWarnings ? "; warnings are denied" : "";
  return `${counted(errors, "error")}, ${counted(warnings, "warning")} in ${counted(files, "file")}${denied}\n`;
}
