/**
 * Compiles a query of the command line, `expectation(i | t = 2, do(s := 1))`, against a model, without a program. The
 * types are those of the given model, so a fitted model accepts the levels that it found in its data.
 */
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { parseProgram } from "../parser/parse.js";
import type { Model, Query } from "../schema/types.js";
import { Context, Names } from "./context.js";
import { compileQuery } from "./queries.js";

export interface CompiledQuery {
  readonly query?: Query;
  readonly diagnostics: readonly Diagnostic[];
  /** The statement that was compiled; the spans of the diagnostics refer to it. */
  readonly text: string;
}

export function compileQueryText(expression: string, model: Model, file: string, name = "answer"): CompiledQuery {
  const text = `query ${name} = ${expression}`;
  const { program, diagnostics } = parseProgram(text, file);
  const names = new Names();
  for (const variable of model.variables)
    names.variables.set(variable.name, {
      name: variable.name,
      domain: variable.domain,
      latent: variable.latent,
      broken: false,
    });
  const context = new Context(text, file, names, diagnostics);
  const [statement, ...others] = program.statements;
  if (statement?.kind !== "query" || others.length > 0) {
    const isReported = context.hasErrors();
    if (!isReported)
      context.report("1001", statement!.span, "expected one query such as `expectation(i | do(t := 3))`");
    return { diagnostics: context.diagnostics, text };
  }
  const query = compileQuery(context, statement, { ...model, complete: true });
  return { ...(query === undefined || context.hasErrors() ? {} : { query }), diagnostics: context.diagnostics, text };
}

/** True if a text is a comparison, which has a probability, and not an expression, which has a mean. */
export function isConditionText(text: string): boolean {
  const { program } = parseProgram(`query answer = expectation(${text})`, "");
  const [statement] = program.statements;
  return (
    statement?.kind === "query" &&
    statement.value.kind === "term" &&
    statement.value.targets.some(({ kind }) => kind === "comparison")
  );
}
