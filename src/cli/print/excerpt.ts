/**
 * The line of a source in which a span begins, with the span underlined. Long lines are cut around the span, so a
 * message stays on one screen; wide characters and tabs keep the carets in their place.
 */
import type { Span } from "../../diagnostics/diagnostic.js";

export interface Excerpt {
  readonly line: string;
  readonly indent: string;
  readonly carets: string;
}

/** The number of columns shown of a long line, and how many of them come before the span. */
const widest = 120;
const before = 40;

export function excerptOf(source: string | undefined, { start, end }: Span): Excerpt | undefined {
  const line = source?.split(/\r\n|\r|\n/)[start.line - 1]?.replace(/^\uFEFF/, "\u200B");
  if (line === undefined) return undefined;
  const first = start.column - 1;
  const last = end.line === start.line ? end.column - 1 : line.length;
  const from = line.length > widest && first > before ? first - before : 0;
  const to = Math.min(line.length, from + widest);
  const head = from > 0 ? "…" : "";
  const tail = to < line.length ? "…" : "";
  const marked = displayWidth(line.slice(first, Math.min(last, to)));
  return {
    line: `${head}${line.slice(from, to)}${tail}`,
    indent: `${head && " "}${blank(line.slice(from, first))}`,
    carets: "^".repeat(Math.max(1, marked)),
  };
}

/** Spaces as wide as the text; tabs stay tabs, whatever their width on the terminal. */
function blank(text: string): string {
  return [...text].map((character) => (character === "\t" ? "\t" : " ".repeat(characterWidth(character)))).join("");
}

function displayWidth(text: string): number {
  return [...text].reduce((sum, character) => sum + characterWidth(character), 0);
}

const wide = /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE4F\uFF00-\uFF60\uFFE0-\uFFE6]/;
const zeroWidth = /[\p{Mn}\p{Cf}]/u;

function characterWidth(character: string): number {
  if (zeroWidth.test(character)) return 0;
  return wide.test(character) || character.codePointAt(0)! >= 0x1f300 ? 2 : 1;
}
