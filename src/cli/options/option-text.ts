/** Options of the command line whose text is in the language: `--do` and `--fit`, which may be given several times. */
import type { Diagnostic } from "../../diagnostics/diagnostic.js";
import { SourceError } from "../process/source-error.js";

/** A comment would swallow what follows it. */
export function withoutComment(text: string): string {
  return text.replaceAll(/("[^"\n]*")|#.*/g, "$1");
}

/** All texts as one. Throws SourceError under the option's name `file`, whose excerpts show the text. */
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
