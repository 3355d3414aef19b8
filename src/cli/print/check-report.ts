/** What `scmc check` found, before it is written in one of the formats. */
import type { Diagnostic } from "../../diagnostics/diagnostic.js";

export interface CheckedFile {
  /** As the user named it. */
  readonly file: string;
  /** Those of data that the file was checked against included. */
  readonly diagnostics: readonly Diagnostic[];
  /** False with an error, or with a warning where warnings are denied. */
  readonly passed: boolean;
}

export interface Summary {
  readonly errors: number;
  readonly warnings: number;
  readonly files: number;
}

export interface CheckReport {
  readonly files: readonly CheckedFile[];
  readonly summary: Summary;
  /** The texts that spans refer to, by file. */
  readonly sources: ReadonlyMap<string, string>;
  readonly denyWarnings: boolean;
}

export function allDiagnostics({ files }: Pick<CheckReport, "files">): Diagnostic[] {
  return files.flatMap(({ diagnostics }) => diagnostics);
}

export function summarise(files: readonly CheckedFile[]): Summary {
  const all = allDiagnostics({ files });
  const count = (severity: Diagnostic["severity"]) =>
    all.filter((diagnostic) => diagnostic.severity === severity).length;
  return { errors: count("error"), warnings: count("warning"), files: files.length };
}

/** `1 error`, `3 errors`. */
export function counted(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}
