/**
 * The standard layout of programs. It works on tokens, so nothing is lost: one statement per line, one space around
 * operators, columns aligned in a block of assignments, queries or constants. Line breaks inside a statement, comments
 * and single blank lines are kept.
 */
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import type { IToken } from "./chevrotain.js";
import { type Cells, cellsOf, type Line, linesOf } from "./format-statement.js";
import { Layout } from "./layout.js";
import { parseProgram } from "./parse.js";
import { endOf } from "./problem.js";
import * as t from "./tokens.js";

export interface Formatted {
  /** The text, unchanged if the program has syntax errors. */
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** Blocks are aligned as long as their lines stay within this width. */
const widestLine = 120;

export function format(text: string, file: string): Formatted {
  const { diagnostics } = parseProgram(text, file);
  if (diagnostics.length > 0) return { text, diagnostics };
  const items = itemsOf(text);
  const lines: string[] = [];
  for (let index = 0; index < items.length; ) {
    const block = blockAt(items, index);
    if (items[index]!.blankBefore && lines.length > 0) lines.push("");
    for (const line of written(block)) lines.push(line);
    index += block.length;
  }
  return { text: lines.map((line) => `${line}\n`).join(""), diagnostics: [] };
}

/** A statement, or a comment on a line of its own, at the top level. */
interface Item {
  readonly blankBefore: boolean;
  readonly lines: readonly Line[];
  /** Set for a statement on one line that can be aligned with its neighbours. */
  readonly cells: Cells | undefined;
}

function itemsOf(text: string): Item[] {
  const { tokens, groups } = t.tokenize(text);
  // The comments are reversed, so the next one can be popped cheaply.
  const comments: IToken[] = (groups.comments ?? []).toReversed();
  const items: Item[] = [];
  let end = 0;
  const add = (start: number, last: number, lines: readonly Line[], cells?: Cells): void => {
    items.push({ blankBefore: newlinesIn(text, end, start) > 1, lines, cells });
    end = last;
  };
  const takeCommentsBefore = (offset: number): void => {
    for (
      let comment = comments.at(-1);
      comment !== undefined && comment.startOffset < offset;
      comment = comments.at(-1)
    ) {
      comments.pop();
      add(comment.startOffset, endOf(comment), [{ depth: 0, text: "", comment: comment.image.trimEnd() }]);
    }
  };
  const statements = new Layout(tokens).statements();
  for (const [index, statement] of statements.entries()) {
    const first = statement.tokens[0]!.startOffset;
    takeCommentsBefore(first);
    const last = endOf(statement.tokens.at(-1)!);
    const next = statements[index + 1]?.tokens[0]?.startOffset ?? Number.POSITIVE_INFINITY;
    const own: IToken[] = [];
    for (let comment = comments.at(-1); comment !== undefined && isPartOf(comment, last, next, text); ) {
      own.push(comment);
      comments.pop();
      comment = comments.at(-1);
    }
    const lines = linesOf(statement.tokens, own, text);
    const finish = Math.max(last, own.length === 0 ? 0 : endOf(own.at(-1)!));
    add(first, finish, lines, lines.length === 1 ? cellsOf(statement.tokens) : undefined);
  }
  takeCommentsBefore(Number.POSITIVE_INFINITY);
  return items;
}

/**
 * True if the comment is inside the statement or after it on its last line. If several statements share a line, it
 * belongs to the last.
 */
function isPartOf(comment: IToken, last: number, next: number, text: string): boolean {
  if (comment.startOffset < last) return true;
  return comment.startOffset < next && newlinesIn(text, last, comment.startOffset) === 0;
}

function newlinesIn(text: string, start: number, end: number): number {
  return text.slice(start, end).match(/\r\n|\n|\r/g)?.length ?? 0;
}

/** Neighbours that are aligned together, or one item alone. */
function blockAt(items: readonly Item[], start: number): readonly Item[] {
  const kind = items[start]!.cells?.kind;
  let end = start + 1;
  if (kind !== undefined) {
    while (items[end]?.cells?.kind === kind && !items[end]!.blankBefore) end++;
  }
  return items.slice(start, end);
}

function written(block: readonly Item[]): string[] {
  const plain = block.flatMap(({ lines }) => lines.map(writeLine));
  if (block.length < 2) return plain;
  const aligned = align(block);
  return aligned.some((line) => line.length > widestLine) ? plain : aligned;
}

function writeLine({ depth, text, comment }: Line): string {
  const indent = "  ".repeat(depth);
  return comment === undefined ? `${indent}${text}` : `${indent}${text === "" ? "" : `${text}  `}${comment}`;
}

function align(block: readonly Item[]): string[] {
  const rows = block.map(({ cells }) => cells!.cells);
  // The last cell of a row is not padded.
  const widthIn = (row: readonly string[], column: number): number =>
    row.slice(column + 1).some((cell) => cell !== "") ? row[column]!.length : 0;
  const widths = rows[0]!.map((_, column) => rows.reduce((widest, row) => Math.max(widest, widthIn(row, column)), 0));
  return block.map(({ lines }, index) => {
    const row = rows[index]!;
    const padded = row.map((cell, column) =>
      cell === "" && widths[column] === 0 ? "" : `${cell.padEnd(widths[column]!)} `,
    );
    return writeLine({ ...lines[0]!, text: padded.join("").trimEnd() });
  });
}
