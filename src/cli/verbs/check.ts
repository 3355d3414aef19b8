/** `scmc check`: all diagnostics of all files in one pass, as text or as JSON. Loads neither tensors nor data. */
import { type Diagnostic, exitCode, ScmcError } from "../../diagnostics/diagnostic.js";
import { readModelFile } from "../model-file.js";
import { renderDiagnostics } from "../render.js";
import { colour } from "../terminal.js";

export interface CheckOptions {
  readonly json?: boolean;
  readonly denyWarnings?: boolean;
}

export async function check(files: readonly string[], options: CheckOptions): Promise<void> {
  const diagnostics: Diagnostic[] = [];
  const sources = new Map<string, string>();
  for (const file of files) {
    try {
      const compiled = await readModelFile(file);
      sources.set(file, compiled.text);
      diagnostics.push(...compiled.diagnostics);
    } catch (error) {
      if (!(error instanceof ScmcError)) throw error;
      diagnostics.push(...error.diagnostics);
    }
  }
  const count = (severity: Diagnostic["severity"]) => diagnostics.filter((d) => d.severity === severity).length;
  const summary = { errors: count("error"), warnings: count("warning"), files: files.length };
  if (options.json) process.stdout.write(`${JSON.stringify(toJson(diagnostics, summary), null, 2)}\n`);
  else {
    process.stderr.write(renderDiagnostics(diagnostics, sources));
    process.stderr.write(summaryLine(summary));
  }
  process.exitCode =
    summary.errors > 0 || (options.denyWarnings && summary.warnings > 0) ? exitCode.findings : exitCode.clean;
}

interface Summary {
  readonly errors: number;
  readonly warnings: number;
  readonly files: number;
}

function summaryLine({ errors, warnings, files }: Summary): string {
  const plural = (n: number, word: string) => `${n} ${word}${n === 1 ? "" : "s"}`;
  if (errors + warnings === 0) return `${colour("green", "ok")}: ${plural(files, "file")} checked\n`;
  return `\n${plural(errors, "error")}, ${plural(warnings, "warning")} in ${plural(files, "file")}\n`;
}

/** The published shape: lines and columns from 1, offsets from 0 in UTF-16 units; null where there is no place or advice. */
function toJson(diagnostics: readonly Diagnostic[], summary: Summary): unknown {
  return {
    formatVersion: 1,
    summary,
    diagnostics: diagnostics.map(({ code, severity, message, file, span, related = [], hint }) => ({
      code,
      severity,
      message,
      file,
      range: span ?? null,
      related: related.map((other) => ({ message: other.message, file: other.file, range: other.span })),
      hint: hint ?? null,
    })),
  };
}
