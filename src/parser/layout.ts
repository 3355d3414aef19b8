/**
 * Cuts the tokens of a file into statements: it decides which newlines end a statement and which brackets match. So a
 * grammar error never reaches beyond its statement, and an unclosed bracket ends at the next line that starts a
 * statement.
 */
import type { IToken, TokenType } from "./chevrotain.js";
import type { Problem } from "./problem.js";
import * as t from "./tokens.js";

export interface StatementTokens {
  readonly tokens: readonly IToken[];
  /** The first problem of the statement's tokens themselves; such a statement is not parsed further. */
  readonly problem: Problem | undefined;
}

/**
 * The deepest nesting of brackets, and of powers inside exponents (`a ^ b ^ c` nests like brackets in the exponent).
 * Deeper ones are refused, so later phases do not run out of stack.
 */
export const maximumDepth = 64;

const continuesAfter: ReadonlySet<TokenType> = new Set([
  t.Plus,
  t.Minus,
  t.Times,
  t.Over,
  t.Caret,
  t.Less,
  t.LessEqual,
  t.Greater,
  t.GreaterEqual,
  t.Equal,
  t.NotEqual,
  t.Causes,
  t.NotCauses,
  t.Confounds,
  t.Comma,
  t.Assign,
  t.Equals,
  t.Tilde,
  t.Bar,
  t.keyword.where,
]);
/** Tokens that end an exponent, unless the minus is a sign. */
const endsPower: ReadonlySet<TokenType> = new Set([
  t.Plus,
  t.Minus,
  t.Times,
  t.Over,
  t.Less,
  t.LessEqual,
  t.Greater,
  t.GreaterEqual,
  t.Equal,
  t.NotEqual,
  t.Comma,
  t.Bar,
  t.Assign,
]);

/** Words that begin a statement when a name (or, for `scm`, a number) follows. */
const openers: ReadonlySet<TokenType> = new Set([
  t.keyword.model,
  t.keyword.let,
  t.keyword.latent,
  t.keyword.fit,
  t.keyword.query,
  t.keyword.assert,
  t.keyword.require,
  t.keyword.import,
  t.keyword.param,
]);

const endsOperand: ReadonlySet<TokenType> = new Set([t.Name, t.NumberToken, t.CloseRound, t.CloseSquare]);

function isSign({ tokenType }: IToken, before: IToken | undefined): boolean {
  return tokenType === t.Minus && (before === undefined || !endsOperand.has(before.tokenType));
}

const closerOf = new Map<TokenType, TokenType>([
  [t.OpenRound, t.CloseRound],
  [t.OpenSquare, t.CloseSquare],
]);
const closers: ReadonlySet<TokenType> = new Set(closerOf.values());

export class Layout {
  readonly #tokens: readonly IToken[];
  readonly #statements: StatementTokens[] = [];
  #current: IToken[] = [];
  #open: IToken[] = [];
  /** The number of open brackets that belong to a `do(`. */
  #openDo = 0;
  #problem: Problem | undefined;
  /**
   * The number of exponents that the next token is inside: over all brackets around it, and within the innermost alone.
   */
  #exponents = 0;
  #exponentsInside: number[] = [0];
  /** The first token from `#newlinesFrom` on that is not a newline. */
  #afterNewlines = -1;
  #newlinesFrom = 0;

  constructor(tokens: readonly IToken[]) {
    this.#tokens = tokens;
  }

  /** Takes all tokens as one statement, as in the text of an intervention. */
  whole(): StatementTokens {
    for (const token of this.#tokens) if (token.tokenType !== t.Newline) this.#take(token);
    this.#finish();
    return this.#statements[0] ?? { tokens: [], problem: undefined };
  }

  statements(): readonly StatementTokens[] {
    for (let index = 0; index < this.#tokens.length; index++) {
      const token = this.#tokens[index]!;
      if (token.tokenType === t.Newline || token.tokenType === t.Semicolon) this.#separator(token, index);
      else this.#take(token);
    }
    this.#finish();
    return this.#statements;
  }

  #separator(token: IToken, index: number): void {
    if (this.#current.length === 0) return;
    const next = this.#nextIndex(index + 1);
    if (this.#startsStatement(next)) this.#finish();
    else if (token.tokenType === t.Semicolon) {
      if (this.#open.length === 0) this.#finish();
      else this.#current.push(token);
    } else if (this.#open.length === 0 && !this.#continues(next)) this.#finish();
  }

  #take(token: IToken): void {
    const before = this.#current.at(-1);
    this.#current.push(token);
    if (closerOf.has(token.tokenType)) {
      this.#open.push(token);
      this.#exponentsInside.push(0);
      if (before?.tokenType === t.keyword.do) this.#openDo++;
      if (this.#open.length === maximumDepth + 1) this.#note({ kind: "depth", token });
    } else if (closers.has(token.tokenType)) {
      const opened = this.#open.pop();
      this.#leaveExponents();
      if (this.#exponentsInside.length > 1) this.#exponentsInside.pop();
      if (this.#open.length < this.#openDo) this.#openDo = this.#open.length;
      if (opened === undefined) this.#note({ kind: "stray closer", token });
      else if (closerOf.get(opened.tokenType) !== token.tokenType) this.#note({ kind: "wrong closer", token, opened });
    } else if (token.tokenType === t.Caret) {
      this.#exponentsInside[this.#exponentsInside.length - 1]!++;
      if (++this.#exponents === maximumDepth + 1) this.#note({ kind: "depth", token });
    } else if (endsPower.has(token.tokenType) && !isSign(token, before)) this.#leaveExponents();
    else if (token.tokenType === t.BadNumber) this.#note({ kind: "number", token });
    else if (token.tokenType === t.OpenString) this.#note({ kind: "string", token });
  }

  #finish(): void {
    const unclosed = this.#open.at(-1);
    if (unclosed !== undefined) this.#note({ kind: "unclosed", token: unclosed });
    if (this.#current.length > 0) this.#statements.push({ tokens: this.#current, problem: this.#problem });
    this.#current = [];
    this.#open = [];
    this.#exponents = 0;
    this.#exponentsInside = [0];
    this.#openDo = 0;
    this.#problem = undefined;
  }

  /** The next token is outside the exponents of the innermost brackets. */
  #leaveExponents(): void {
    this.#exponents -= this.#exponentsInside.at(-1)!;
    this.#exponentsInside[this.#exponentsInside.length - 1] = 0;
  }

  #note(problem: Problem): void {
    this.#problem ??= problem;
  }

  /** The index of the next token that is not a newline. It is cached, because every newline of a run asks for it. */
  #nextIndex(from: number): number {
    if (from >= this.#newlinesFrom && from <= this.#afterNewlines) return this.#afterNewlines;
    let index = from;
    while (this.#type(index) === t.Newline) index++;
    this.#newlinesFrom = from;
    this.#afterNewlines = index;
    return index;
  }

  #type(index: number): TokenType | undefined {
    return this.#tokens[index]?.tokenType;
  }

  #continues(next: number): boolean {
    return this.#type(next) === t.keyword.where || continuesAfter.has(this.#current.at(-1)!.tokenType);
  }

  /** True if a statement begins here, whatever came before. */
  #startsStatement(index: number): boolean {
    const first = this.#type(index);
    const second = this.#type(index + 1);
    if (first === undefined || second === undefined) return false;
    if (openers.has(first)) return second === t.Name;
    if (first === t.keyword.scm) return second === t.NumberToken;
    if (first !== t.Name) return false;
    if (second === t.Colon || second === t.Confounds) return true;
    // Inside `do( … ,` an assignment may begin a line.
    return second === t.Assign && !(this.#openDo > 0 && this.#awaitsItem());
  }

  #awaitsItem(): boolean {
    const last = this.#current.at(-1)?.tokenType;
    return last === t.Comma || last === t.OpenRound;
  }
}
