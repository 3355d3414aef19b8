/** One line per diagnostic, `file:line:column: severity[code]: message (hint)`, which editors and grep understand. */
import { allDiagnostics, type CheckReport } from "../print/check-report.js";

export function concise(report: CheckReport): string {
  return allDiagnostics(report)
    .map(({ file, span, severity, code, message, hint }) => {
      const place = span ? `${file}:${span.start.line}:${span.start.column}` : file;
      return `${place}: ${severity}[${code}]: ${message}${hint ? ` (${hint})` : ""}\n`;
    })
    .join("");
}
