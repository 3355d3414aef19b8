/** The result of `scmc check`, before it is written in one of the formats. */
import type { Diagnostic } from "../../diagnostics/diagnostic.js";

export interface CheckedFile {
  /** The file's name as the user gave it. */
  readonly file: string;
  /** The file's diagnostics, with those of the data that it was checked against. */
  readonly diagnostics: readonly Diagnostic[];
  /** False if there is an error, or a warning while warnings are denied. */
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
