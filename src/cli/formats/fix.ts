/**
 * The edit that a hint stands for, if it stands for one: "did you mean `t`?" under a misspelt name. Editors apply it;
 * other hints need a person's judgement.
 */
import type { Diagnostic, Span } from "../../diagnostics/diagnostic.js";
import { isName } from "../../diagnostics/names.js";

export interface Fix {
  readonly description: string;
  readonly file: string;
  readonly range: Span;
  readonly newText: string;
}

export function fixOf({ hint, span, file }: Diagnostic, sources: ReadonlyMap<string, string>): Fix | undefined {
  const name = /^did you mean `([^`]+)`\?$/.exec(hint ?? "")?.[1];
  const written = span && sources.get(file)?.slice(span.start.offset, span.end.offset);
  if (name === undefined || span === undefined || written === undefined) return undefined;
  if (!isName(name) || !isName(written)) return undefined;
  return { description: `replace \`${written}\` with \`${name}\``, file, range: span, newText: name };
}
