/**
 * The syntax errors of a statement and their messages. The catalogue has a smallest program for each kind, as the
 * example of its code.
 */
import type { DiagnosticCode } from "../diagnostics/catalogue/index.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { isName } from "../diagnostics/names.js";
import type { SourceText } from "../diagnostics/source-text.js";
import type { IToken } from "./chevrotain.js";

export type Problem =
  | { readonly kind: "unclosed" | "stray closer" | "depth" | "number" | "string"; readonly token: IToken }
  | { readonly kind: "wrong closer"; readonly token: IToken; readonly opened: IToken }
  | { readonly kind: "character"; readonly offset: number; readonly length: number };

/** The offset after a token; NaN for a token that recovery inserted, which does not have a place. */
export const endOf = (token: IToken): number => (token.endOffset ?? token.startOffset + token.image.length - 1) + 1;

/** Characters that look like others and that editors and word processors put into programs. */
const lookAlikes = new Map([
  ["\u2013", "-"],
  ["\u2212", "-"],
  ["\u2014", "-"],
  ["\u201c", '"'],
  ["\u201d", '"'],
  ["\u2018", '"'],
  ["\u2019", '"'],
  ["\u00d7", "*"],
  ["\u00b7", "*"],
  ["\u2192", "->"],
  ["\u2194", "<->"],
  ["\u2264", "<="],
  ["\u2265", ">="],
  ["\u2260", "!="],
  ["\u2254", ":="],
  ["\u223c", "~"],
  ["\u00a0", "a plain space"],
]);

export function describe(problem: Problem, source: SourceText): Diagnostic {
  const error = (code: DiagnosticCode, start: number, end: number, message: string, hint?: string): Diagnostic => ({
    code,
    severity: "error",
    message,
    file: source.file,
    span: source.span(start, end),
    ...(hint === undefined ? {} : { hint }),
  });
  if (problem.kind === "character") {
    const text = source.text.slice(problem.offset, problem.offset + problem.length);
    const character = String.fromCodePoint(text.codePointAt(0)!);
    const meant = lookAlikes.get(character);
    const hint = meant === undefined ? undefined : `write ${meant.includes(" ") ? meant : `\`${meant}\``} instead`;
    const end = problem.offset + character.length;
    return error("1006", problem.offset, end, `\`${visible(character)}\` has no meaning in a program`, hint);
  }
  const { token } = problem;
  const start = token.startOffset;
  const end = endOf(token);
  switch (problem.kind) {
    case "unclosed":
      return error("1002", start, end, `\`${token.image}\` is never closed`);
    case "stray closer":
      return error("1003", start, end, `\`${token.image}\` closes nothing`);
    case "wrong closer": {
      const opened = source.span(problem.opened.startOffset, endOf(problem.opened));
      const message = `\`${token.image}\` does not close \`${problem.opened.image}\``;
      const related = [{ message: `\`${problem.opened.image}\` opens here`, file: source.file, span: opened }];
      return { ...error("1003", start, end, message), related };
    }
    case "depth": {
      const what =
        token.image === "^" ? "powers stand in more than 64 exponents" : "brackets are nested more than 64 deep";
      return error("1004", start, end, what, "name parts of it with `let`, or simplify");
    }
    case "number":
      if (Number(token.image) === Number.POSITIVE_INFINITY) {
        return error("1007", start, end, `\`${token.image}\` is too large a number`, "the largest is about 1.8e308");
      }
      return error("1007", start, end, `\`${token.image}\` is neither a number nor a name`, badNumberHint(token.image));
    case "string":
      return error("1005", start, end, "a string ends on the line where it begins", 'close it with `"`');
  }
}

function badNumberHint(image: string): string | undefined {
  const [factor = ""] = /^[\d.]+/.exec(image) ?? [];
  const name = image.slice(factor.length);
  return isName(name) ? `a product is written \`${factor} * ${name}\`` : undefined;
}

function visible(character: string): string {
  const code = character.codePointAt(0)!;
  const printable =
    code > 0x20 && code !== 0x7f && !(code >= 0x80 && code <= 0xa0) && !(code >= 0xd800 && code <= 0xdfff);
  return printable ? character : `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}
