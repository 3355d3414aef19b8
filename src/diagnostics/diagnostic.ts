/**
 * A diagnostic is data: what is wrong, where, and what to do. Every phase returns or throws these; the command line
 * renders them in one place.
 */

import type { DiagnosticCode } from "./catalogue/index.js";

/** A place in a text: offset in UTF-16 units from 0, line and column from 1. */
export interface Position {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/** A half-open range of a text. */
export interface Span {
  readonly start: Position;
  readonly end: Position;
}

export type Severity = "error" | "warning" | "note";

export interface RelatedSpan {
  readonly message: string;
  readonly file: string;
  readonly span: Span;
}

export interface Diagnostic {
  /**
   * Stable code, by group: 1xxx syntax, 2xxx names, 3xxx types and shapes, 4xxx graph, 5xxx mechanisms, 6xxx data, 7xxx
   * run.
   */
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  /** One line in the words of the program. */
  readonly message: string;
  /** The file's name as the user gave it. */
  readonly file: string;
  /** Absent if the problem does not have a place in a text (a missing file, a row of a binary). */
  readonly span?: Span;
  readonly related?: readonly RelatedSpan[];
  /** The way out. */
  readonly hint?: string;
}

/** Exit codes of the command line: findings in the input, wrong usage, failure of data or of a run, a bug in scmc. */
export const exitCode = { clean: 0, findings: 1, usage: 2, failure: 3, internal: 70 } as const;

/** Thrown if a problem with the user's input ends the work; carries what the command line prints. */
export class ScmcError extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: Diagnostic | readonly Diagnostic[]) {
    const list = Array.isArray(diagnostics) ? (diagnostics as readonly Diagnostic[]) : [diagnostics as Diagnostic];
    super(list.map((d) => `${d.file}: ${d.message}`).join("\n"));
    this.name = "ScmcError";
    this.diagnostics = list;
  }
}

/** Builds a ScmcError of one error without a place in a text. */
export function failure(code: DiagnosticCode, file: string, message: string, hint?: string): ScmcError {
  return new ScmcError({ code, severity: "error", file, message, ...(hint === undefined ? {} : { hint }) });
}
