/** The state that every check needs: the text, the list of reports, and the meaning of each name. */
import type { DiagnosticCode } from "../diagnostics/catalogue/index.js";
import type { Diagnostic, RelatedSpan, Severity, Span } from "../diagnostics/diagnostic.js";
import { didYouMean } from "../diagnostics/did-you-mean.js";
import { SourceText } from "../diagnostics/source-text.js";
import type { Domain } from "../schema/types.js";

export interface Details {
  readonly hint?: string | undefined;
  readonly related?: readonly RelatedSpan[];
  readonly severity?: Severity;
}

export class Context {
  readonly source: SourceText;
  readonly diagnostics: Diagnostic[];
  readonly names: Names;
  /** True to warn of code that is right but probably not meant. */
  readonly pedantic: boolean;

  constructor(text: string, file: string, names: Names, diagnostics: readonly Diagnostic[] = [], pedantic = false) {
    this.source = new SourceText(text, file);
    this.names = names;
    this.diagnostics = [...diagnostics];
    this.pedantic = pedantic;
  }

  /** Reports a warning only if the caller asked for pedantic warnings. */
  warn(code: DiagnosticCode, span: Span, message: string, details: Details = {}): void {
    if (this.pedantic) this.report(code, span, message, { ...details, severity: "warning" });
  }

  /** Reports a problem once, even if the text is read twice, such as the point of a density. */
  report(code: DiagnosticCode, span: Span, message: string, { hint, related, severity = "error" }: Details = {}): void {
    const isSame = (other: Diagnostic) =>
      other.code === code && other.span === span && other.message === message && other.severity === severity;
    if (this.diagnostics.some(isSame)) return;
    this.diagnostics.push({
      code,
      severity,
      message,
      file: this.source.file,
      span,
      ...(related === undefined ? {} : { related }),
      ...(hint === undefined ? {} : { hint }),
    });
  }

  related(message: string, span: Span): RelatedSpan {
    return { message, file: this.source.file, span };
  }

  hasErrors(): boolean {
    return this.diagnostics.some(({ severity }) => severity === "error");
  }
}

/** A variable as the other statements see it. */
export interface VariableEntry {
  readonly name: string;
  /** Absent in a model read from JSON. */
  readonly span?: Span;
  readonly domain: Domain | null;
  readonly latent: boolean;
  /** True if the defining statement could not be read; uses of the variable are then not reported. */
  readonly broken: boolean;
}

export interface ConstantEntry {
  readonly span: Span;
  /** Undefined if the value could not be found, which has been reported. */
  readonly value: number | undefined;
}

/** The cap on names that get a suggestion, so a large file in which every name is wrong stays fast. */
const mostSuggestions = 300;
export class Names {
  readonly variables = new Map<string, VariableEntry>();
  readonly constants = new Map<string, ConstantEntry>();

  #suggestions = 0;

  /** A hint that names the nearest known variable or constant. */
  suggestion(written: string, more: Iterable<string> = []): string | undefined {
    if (++this.#suggestions > mostSuggestions) return undefined;
    return didYouMean(written, [...more, ...this.variables.keys(), ...this.constants.keys()]);
  }
}

export function quoted(names: Iterable<string>): string {
  return [...names].map((name) => `\`${name}\``).join(", ");
}
