/**
 * Options of the command line whose text is in the language: `--do` and `--fit`, each of which may be given several
 * times.
 */
import type { Diagnostic } from "../../diagnostics/diagnostic.js";
import { SourceError } from "../process/source-error.js";

/** The text without its comment, which would hide the texts joined after it. */
export function withoutComment(text: string): string {
  return text.replaceAll(/("[^"\n]*")|#.*/g, "$1");
}

/** Compiles all texts as one. Throws SourceError with the option's name as `file`; its excerpts show the text. */
export function compileTexts<Compiled>(
  texts: readonly string[] | undefined,
  file: string,
  compile: (text: string) => { readonly compiled: readonly Compiled[]; readonly diagnostics: readonly Diagnostic[] },
): readonly Compiled[] {
  if (!texts || texts.length === 0) return [];
  const text = texts.map(withoutComment).join(", ");
  const { compiled, diagnostics } = compile(text);
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new SourceError(errors, new Map([[file, text]]));
  return compiled;
}
