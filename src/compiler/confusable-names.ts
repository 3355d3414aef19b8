/**
 * Warns of names that a reader may confuse, and of words that mix scripts, in which one letter is probably not meant.
 */
import { mixesScripts, skeleton } from "../diagnostics/names.js";
import type * as ast from "../parser/ast.js";
import type { Context } from "./context.js";

export function warnOfConfusableNames(context: Context, { statements }: ast.Program): void {
  const seen = new Map<string, ast.Identifier>();
  for (const name of statements.flatMap(definedNames)) {
    const { text, span } = name;
    const earlier = seen.get(skeleton(text));
    if (earlier !== undefined && earlier.text !== text)
      context.report("2030", span, `\`${text}\` looks like \`${earlier.text}\`, and is another name`, {
        severity: "warning",
        related: [context.related(`\`${earlier.text}\` is defined here`, earlier.span)],
        hint: `rename one of them; their letters are ${codes(earlier.text)} and ${codes(text)}`,
      });
    else if (mixesScripts(text))
      context.report("2031", span, `\`${text}\` mixes Latin and Cyrillic letters`, {
        severity: "warning",
        hint: `write it with the letters of one alphabet; these are ${codes(text)}`,
      });
    if (earlier === undefined) seen.set(skeleton(text), name);
  }
}

/** The variables, constants and noises that a statement defines. */
function definedNames(statement: ast.Statement): ast.Identifier[] {
  switch (statement.kind) {
    case "variable":
      return [statement.name, ...statement.noises.map(({ name }) => name)];
    case "let":
      return [statement.name];
    default:
      return [];
  }
}

function codes(text: string): string {
  return [...text].map((letter) => `U+${letter.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`).join(" ");
}
