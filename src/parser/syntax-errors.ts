/**
 * Turns the grammar's exceptions into diagnostics. The grammar says what it expected; the words around it, and the
 * advice for common slips, are written here. Inserted and end tokens do not have a position, so the end of the
 * statement stands for them.
 */
import type { DiagnosticCode } from "../diagnostics/catalogue/index.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { didYouMean } from "../diagnostics/did-you-mean.js";
import type { SourceText } from "../diagnostics/source-text.js";
import type { IRecognitionException, IToken, TokenType } from "./chevrotain.js";
import { endOf } from "./problem.js";
import * as t from "./tokens.js";
import { reservedWords } from "./tokens.js";

const spelled = new Map<TokenType, string>([
  [t.Name, "a name"],
  [t.NumberToken, "a number"],
  [t.StringToken, "a string"],
  [t.Assign, "`:=`"],
  [t.Equals, "`=`"],
  [t.Tilde, "`~`"],
  [t.OpenRound, "`(`"],
  [t.CloseRound, "`,` or `)`"],
  [t.CloseSquare, "`,` or `]`"],
]);

const nothingMore = "the end of the statement";

/** The error messages of chevrotain: they hold only what was expected, see `describeSyntaxError`. */
export const syntaxMessages = {
  buildMismatchTokenMessage: ({ expected }: { expected: TokenType }): string =>
    spelled.get(expected) ?? `\`${typeof expected.PATTERN === "string" ? expected.PATTERN : expected.name}\``,
  buildNotAllInputParsedMessage: (): string => nothingMore,
  buildNoViableAltMessage: ({ customUserDescription }: { customUserDescription?: string }): string =>
    customUserDescription ?? "an operator",
  buildEarlyExitMessage: ({ customUserDescription }: { customUserDescription?: string }): string =>
    customUserDescription ?? "one item or more",
};

const reserved: ReadonlySet<TokenType> = new Set(Object.values(t.keyword));
const notYet: ReadonlySet<TokenType> = new Set([t.keyword.require, t.keyword.import, t.keyword.param]);
const comparisons: ReadonlySet<TokenType> = new Set([
  t.Less,
  t.LessEqual,
  t.Greater,
  t.GreaterEqual,
  t.Equal,
  t.NotEqual,
]);

export function describeSyntaxError(
  exception: IRecognitionException,
  tokens: readonly IToken[],
  source: SourceText,
): Diagnostic {
  const { token } = exception;
  const last = tokens.at(-1)!;
  const atEnd = Number.isNaN(token.startOffset) || !tokens.includes(token);
  const span = atEnd ? source.span(endOf(last), endOf(last)) : source.span(token.startOffset, endOf(token));
  const error = (code: DiagnosticCode, message: string, hint?: string | undefined): Diagnostic => ({
    code,
    severity: "error",
    message,
    file: source.file,
    span,
    ...(hint === undefined ? {} : { hint }),
  });
  const expected = expectedBy(exception);
  const found = atEnd ? "the statement ends" : `found \`${token.image}\``;

  const first = tokens[0]!;
  if (reserved.has(first.tokenType) && isDefinition(tokens[1])) {
    const [code, message, hint] = reservedName(first);
    return { ...error(code, message, hint), span: source.span(first.startOffset, endOf(first)) };
  }
  const slip = atEnd ? undefined : commonSlip(token, tokens, expected);
  if (slip !== undefined) return error(...slip);
  const what =
    expected === nothingMore && !atEnd ? `\`${token.image}\` is unexpected here` : `expected ${expected}, ${found}`;
  return error("1001", what, atEnd ? undefined : adviceFor(token, tokens, expected));
}

/** Names of rules that the reader knows by another word. */
const namedIn = new Map([
  ["type", "a type such as `real`"],
  ["noise", "noise such as `e ~ normal(0, 1)`"],
]);

function expectedBy({ message, context: { ruleStack } }: IRecognitionException): string {
  return ruleStack.at(-1) === "identifier" ? (namedIn.get(ruleStack.at(-2)!) ?? message) : message;
}

type Slip = readonly [code: DiagnosticCode, message: string, hint?: string | undefined];

function reservedName({ image }: IToken): Slip {
  return ["1008", `\`${image}\` is a reserved word and cannot be a name`, `call it \`${image}_\``];
}

function isDefinition(token: IToken | undefined): boolean {
  return token?.tokenType === t.Assign || token?.tokenType === t.Colon;
}

/** Slips with a code of their own. */
function commonSlip(token: IToken, tokens: readonly IToken[], expected: string): Slip | undefined {
  const first = tokens[0]!;
  const type = token.tokenType;
  if (token === first && notYet.has(type)) {
    const hint = type === t.keyword.param ? "the mechanism `linear(…)` learns coefficients" : undefined;
    return ["1011", `\`${token.image}\` is reserved for a later version of the language`, hint];
  }
  if (reserved.has(type) && (isOfName(expected) || isMeantAsName(token, tokens, expected))) {
    return reservedName(token);
  }
  const otherSign = anotherSign(token, tokens, expected);
  if (otherSign !== undefined) return otherSign;
  if (token === tokens[1] && first.tokenType === t.Name) {
    if (type === t.Equals) return ["1009", "an assignment is written `:=`", `write \`${first.image} := …\``];
    if (type === t.Less && tokens[2]?.tokenType === t.Minus) {
      return ["1009", "an assignment is written `:=`, not `<-`", `write \`${first.image} := …\``];
    }
    if (type === t.Equal) return ["1009", "an assignment is written `:=`, not `==`", `write \`${first.image} := …\``];
    if (type === t.Tilde) {
      const hint = `write \`${first.image} := e where e ~ …\``;
      return ["1009", "`~` draws noise inside a `where`; a variable is assigned with `:=`", hint];
    }
  }
  if (comparisons.has(type) && expected !== "`=`" && isAfterComparison(token, tokens)) {
    return ["1010", "comparisons do not chain", "compare two values at a time"];
  }
  return undefined;
}

const isOfName = (expected: string): boolean => expected.startsWith("a name") || expected === namedIn.get("noise");

/**
 * True if a reserved word is meant as a name: it is an argument or part of an expression, and what follows does not
 * continue the statement that the word would begin.
 */
function isMeantAsName(token: IToken, tokens: readonly IToken[], expected: string): boolean {
  if (expected !== "an argument" && expected !== "an expression") return false;
  const next = tokens[tokens.indexOf(token) + 1]?.tokenType;
  return next !== t.Name && next !== t.OpenRound && next !== t.Colon;
}

/** A `let`, a `query` or a `where` written with the sign of another statement. */
function anotherSign(token: IToken, tokens: readonly IToken[], expected: string): Slip | undefined {
  const [first] = tokens as readonly [IToken, ...IToken[]];
  const name = tokens[tokens.indexOf(token) - 1]?.image;
  if (token.tokenType === t.Assign && expected === "`=`" && token === tokens[2]) {
    const hint = `write \`${first.image} ${name} = …\``;
    if (first.tokenType === t.keyword.let) return ["1009", "`:=` assigns a variable; a constant is set with `=`", hint];
    if (first.tokenType === t.keyword.query)
      return ["1009", "`:=` assigns a variable; a query is named with `=`", hint];
  }
  if (expected !== "`~`" || (token.tokenType !== t.Equals && token.tokenType !== t.Assign)) return undefined;
  return ["1009", "noise is drawn with `~`", `write \`${name} ~ …\``];
}

function isAfterComparison(token: IToken, tokens: readonly IToken[]): boolean {
  const end = tokens.indexOf(token);
  return tokens.slice(0, end).some((earlier) => comparisons.has(earlier.tokenType));
}

function adviceFor(token: IToken, tokens: readonly IToken[], expected: string): string | undefined {
  const type = token.tokenType;
  const previous = tokens[tokens.indexOf(token) - 1];
  if (type === t.Equal && expected === "`=`") return "evidence, options and constants are written with `=`";
  if (type === t.Equals && expected === "`:=`") return "an assignment is written `:=`";
  if (type === t.Tilde) return "noise is drawn in a `where`, as in `t := 2 + e where e ~ normal(0, 1)`";
  if (type === t.keyword.do) return "conditions follow `|`, as in `expectation(i | do(t := 3))`";
  const isColonOption = type === t.Colon && expected === "`,` or `)`";
  const isReservedOption = expected === "an argument" && tokens[tokens.indexOf(token) + 1]?.tokenType === t.Colon;
  if (isColonOption || isReservedOption) return "options are written `name = value`";
  if (type === t.Times && previous?.tokenType === t.Times) return "powers are written `a ^ b`";
  if (token === tokens[1] && type === t.Name) return didYouMean(previous!.image, reservedWords);
  if (expected === nothingMore && isStartOfAssignment(token, tokens)) {
    return "put each statement on a line of its own, or `;` between them";
  }
  return undefined;
}

function isStartOfAssignment(token: IToken, tokens: readonly IToken[]): boolean {
  return isDefinition(tokens[tokens.indexOf(token) + 1]) || reserved.has(token.tokenType);
}
