/**
 * The parser's entry points, which turn text into a syntax tree and diagnostics. Every statement is parsed on its own
 * and reports its first problem.
 */
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { SourceText } from "../diagnostics/source-text.js";
import type * as ast from "./ast.js";
import type { IToken } from "./chevrotain.js";
import { Grammar } from "./grammar.js";
import { Layout, type StatementTokens } from "./layout.js";
import { describe, endOf, type Problem } from "./problem.js";
import { describeSyntaxError } from "./syntax-errors.js";
import * as t from "./tokens.js";

export interface ParsedProgram {
  readonly program: ast.Program;
  readonly diagnostics: readonly Diagnostic[];
}

export interface ParsedInterventions {
  readonly interventions: readonly ast.Assignment[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface ParsedFits {
  readonly fits: readonly ast.FitStatement[];
  readonly diagnostics: readonly Diagnostic[];
}

let sharedGrammar: Grammar | undefined;
/** The grammar, built once and at first use, because that takes milliseconds. */
function grammar(): Grammar {
  sharedGrammar ??= new Grammar();
  return sharedGrammar;
}

export function parseProgram(text: string, file: string): ParsedProgram {
  const source = new SourceText(text, file);
  const { tokens, errors } = t.tokenize(text);
  const statements = new Layout(tokens).statements();
  const diagnostics: Diagnostic[] = [];
  const characters = errors.map(({ offset, length }): Problem => ({ kind: "character", offset, length }));
  let nextCharacter = 0;
  const parsed = statements.map((statement, index) => {
    // Meaningless characters belong to the statement that they are in or follow, but to the next one if it is on their
    // line.
    const end = startOfLine(statements[index + 1], text);
    let stray: Problem | undefined;
    for (; nextCharacter < characters.length && offsetOf(characters[nextCharacter]!) < end; nextCharacter++) {
      stray ??= characters[nextCharacter];
    }
    return parseStatement(statement, stray, source, diagnostics);
  });
  // A file of only such characters does not have a statement to report them.
  if (statements.length === 0 && characters[0] !== undefined) diagnostics.push(describe(characters[0], source));
  return { program: { kind: "program", statements: parsed }, diagnostics };
}

/** The start of a statement, including meaningless characters before it on its line. */
function startOfLine(statement: StatementTokens | undefined, text: string): number {
  let start = statement?.tokens[0]?.startOffset ?? Number.POSITIVE_INFINITY;
  if (start === Number.POSITIVE_INFINITY) return start;
  while (start > 0 && !"\n\r;".includes(text[start - 1]!)) start--;
  return start;
}

/** The text of the command line's `--do`: `t := t + 2, s := 1`. */
export function parseInterventions(text: string, file: string): ParsedInterventions {
  const { result, diagnostics } = parseOption(text, file, "an assignment such as `t := 3`", (parser) =>
    parser.interventions(),
  );
  return { interventions: result ?? [], diagnostics };
}

/** The text of the command line's `--fit`: `t(epochs = 5), x(batch = 128)`. */
export function parseFits(text: string, file: string): ParsedFits {
  const { result, diagnostics } = parseOption(text, file, "options such as `t(epochs = 5)`", (parser) => parser.fits());
  return { fits: result ?? [], diagnostics };
}

/** Parses the whole text of an option by one rule of the grammar. */
function parseOption<Result>(
  text: string,
  file: string,
  wanted: string,
  rule: (parser: Grammar) => Result,
): { result?: Result; diagnostics: readonly Diagnostic[] } {
  const source = new SourceText(text, file);
  const { tokens: all, errors } = t.tokenize(text);
  const first = errors[0];
  if (first !== undefined) {
    return { diagnostics: [describe({ kind: "character", ...pick(first) }, source)] };
  }
  const { tokens, problem } = new Layout(all).whole();
  if (tokens.length === 0) {
    const message = `expected ${wanted}, found nothing`;
    return {
      diagnostics: [{ code: "1001", severity: "error", message, file, span: source.span(0, text.length) }],
    };
  }
  const { result, diagnostic } = run(tokens, problem, source, rule);
  return {
    ...(result === undefined ? {} : { result }),
    diagnostics: diagnostic === undefined ? [] : [diagnostic],
  };
}

const pick = ({ offset, length }: { offset: number; length: number }) => ({ offset, length });

function offsetOf(problem: Problem): number {
  return problem.kind === "character" ? problem.offset : problem.token.startOffset;
}

function parseStatement(
  { tokens, problem }: StatementTokens,
  stray: Problem | undefined,
  source: SourceText,
  diagnostics: Diagnostic[],
): ast.Statement {
  const first = [problem, stray].filter((found) => found !== undefined).sort((a, b) => offsetOf(a) - offsetOf(b))[0];
  const { result, diagnostic } = run(tokens, first, source, (parser) => parser.statement());
  if (diagnostic !== undefined) diagnostics.push(diagnostic);
  return result ?? broken(tokens, source);
}

function run<Result>(
  tokens: readonly IToken[],
  problem: Problem | undefined,
  source: SourceText,
  rule: (parser: Grammar) => Result,
): { result?: Result; diagnostic?: Diagnostic } {
  if (problem !== undefined) return { diagnostic: describe(problem, source) };
  const parser = grammar();
  parser.source = source;
  parser.problems = [];
  parser.input = [...tokens];
  const result = rule(parser);
  const exception = parser.errors[0];
  if (exception !== undefined) return { diagnostic: describeSyntaxError(exception, tokens, source) };
  const found = parser.problems[0];
  return found === undefined ? { result } : { diagnostic: describe(found, source) };
}

/** The names that an unreadable statement seems to define, so uses of them are not reported as well. */
function broken(tokens: readonly IToken[], source: SourceText): ast.BrokenStatement {
  const variables: ast.Identifier[] = [];
  const constants: ast.Identifier[] = [];
  // The assignments of a `do` do not define names.
  const isQuery = tokens[0]!.tokenType === t.keyword.query;
  tokens.forEach((token, index) => {
    if (token.tokenType !== t.Name) return;
    const span = source.span(token.startOffset, endOf(token));
    const identifier: ast.Identifier = { kind: "identifier", text: token.image, span };
    const next = tokens[index + 1]?.tokenType;
    const previous = tokens[index - 1]?.tokenType;
    const isDefined = (next === t.Assign || next === t.Colon) && previous !== t.Colon && !isQuery;
    if (previous === t.keyword.let) constants.push(identifier);
    else if (previous === t.keyword.latent || isDefined) variables.push(identifier);
    else if (index === 0 && next !== t.Confounds) variables.push(identifier);
  });
  return {
    kind: "broken",
    variables,
    constants,
    span: source.span(tokens[0]!.startOffset, endOf(tokens.at(-1)!)),
  };
}
