/**
 * The layout of one statement: the space between two tokens, its lines, and the cells that are aligned with its
 * neighbours.
 */
import type { IToken, TokenType } from "./chevrotain.js";
import { endOf } from "./problem.js";
import * as t from "./tokens.js";

export interface Line {
  readonly depth: number;
  readonly text: string;
  readonly comment?: string;
}

export interface Cells {
  readonly kind: "variable" | "query" | "let";
  readonly cells: readonly string[];
}

const opening: ReadonlySet<TokenType> = new Set([t.OpenRound, t.OpenSquare]);
const closing: ReadonlySet<TokenType> = new Set([t.CloseRound, t.CloseSquare]);
/** `f(…)`, `do(…)` and `fit model(…)` are written without a space. */
const wordsBeforeRound: ReadonlySet<TokenType> = new Set([t.Name, t.keyword.do, t.keyword.model]);
/** After these a minus is a sign, not a subtraction. */
const endsOperand: ReadonlySet<TokenType> = new Set([
  t.CloseRound,
  t.CloseSquare,
  t.NumberToken,
  t.StringToken,
  t.Name,
]);

/** The lines of a statement with its comments; a newline between two tokens stays. */
export function linesOf(tokens: readonly IToken[], comments: readonly IToken[], text: string): readonly Line[] {
  const lines: Line[] = [];
  // The comments are reversed, so the next one can be popped cheaply.
  const waiting = comments.toReversed();
  let current: IToken[] = [];
  let before: IToken | undefined;
  let depth = 0;
  let end = tokens[0]!.startOffset;
  const finish = (next: number): void => {
    const first = current[0];
    if (first !== undefined) {
      const indent = lines.length === 0 ? 0 : Math.max(1, depth - (closing.has(first.tokenType) ? 1 : 0));
      depth += current.reduce((sum, token) => sum + depthChange(token), 0);
      lines.push({ depth: indent, text: join(current, before), ...trailing(waiting, end, text) });
      before = current.at(-1);
      current = [];
    }
    for (let comment = waiting.at(-1); comment !== undefined && comment.startOffset < next; comment = waiting.at(-1)) {
      lines.push({ depth: Math.max(1, depth), text: "", comment: comment.image.trimEnd() });
      waiting.pop();
    }
  };
  for (const token of tokens) {
    if (/[\r\n]/.test(text.slice(end, token.startOffset))) finish(token.startOffset);
    current.push(token);
    end = endOf(token);
  }
  finish(Number.POSITIVE_INFINITY);
  return lines;
}

const depthChange = ({ tokenType }: IToken): number => (opening.has(tokenType) ? 1 : closing.has(tokenType) ? -1 : 0);

/** The comment that ends the line, removed from the waiting ones. */
function trailing(waiting: IToken[], end: number, text: string): { comment?: string } {
  const next = waiting.at(-1);
  if (next === undefined || /[\r\n]/.test(text.slice(end, next.startOffset))) return {};
  waiting.pop();
  return { comment: next.image.trimEnd() };
}

/** The columns of a statement on one line; undefined for kinds that are not aligned. */
export function cellsOf(tokens: readonly IToken[]): Cells | undefined {
  const first = tokens[0]!.tokenType;
  if (first === t.keyword.query || first === t.keyword.let) {
    const kind = first === t.keyword.query ? "query" : "let";
    return { kind, cells: cut(tokens, [tokens.findIndex(({ tokenType }) => tokenType === t.Equals)]) };
  }
  if (first !== t.Name && first !== t.keyword.latent) return undefined;
  const find = (type: TokenType): number => tokens.findIndex(({ tokenType }) => tokenType === type);
  const assign = find(t.Assign);
  if (assign < 0) return undefined;
  const colon = find(t.Colon);
  const doc = docBefore(tokens, assign);
  const where = find(t.keyword.where);
  return { kind: "variable", cells: cut(tokens, [colon, doc, assign, where]) };
}

/** The description: a string outside brackets, because strings in brackets are levels of a categorical type. */
function docBefore(tokens: readonly IToken[], end: number): number {
  let depth = 0;
  return tokens.findIndex((token, index) => {
    depth += depthChange(token);
    return token.tokenType === t.StringToken && index < end && depth === 0;
  });
}

/** Cuts before the given tokens; a cell is empty if its token is missing. */
function cut(tokens: readonly IToken[], starts: readonly number[]): readonly string[] {
  const present = starts.filter((start) => start >= 0);
  const endAfter = (start: number): number => present.find((other) => other > start) ?? tokens.length;
  const cell = (start: number): string =>
    start < 0 ? "" : join(tokens.slice(start, endAfter(start)), tokens[start - 1]);
  return [join(tokens.slice(0, present[0] ?? tokens.length), undefined), ...starts.map(cell)];
}

function join(tokens: readonly IToken[], before: IToken | undefined): string {
  let text = "";
  let previous = before;
  let earlier: IToken | undefined;
  for (const token of tokens) {
    if (text !== "" && isSpaced(earlier, previous!, token)) text += " ";
    text += token.image;
    earlier = previous;
    previous = token;
  }
  return text;
}

function isSpaced(earlier: IToken | undefined, { tokenType: left }: IToken, { tokenType: right }: IToken): boolean {
  if (opening.has(left) || closing.has(right) || right === t.Comma) return false;
  if (left === t.Caret || right === t.Caret) return false;
  if (right === t.OpenRound && wordsBeforeRound.has(left)) return false;
  const isSign = left === t.Minus && (earlier === undefined || !endsOperand.has(earlier.tokenType));
  return !isSign;
}
