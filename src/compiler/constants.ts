/**
 * The values of `let` constants and of constant expressions (types, noise parameters, evidence). Constants may be
 * defined in any order; a circle of them is an error.
 */

import { simplify } from "../algebra/simplify.js";
import type { Span } from "../diagnostics/diagnostic.js";
import type * as ast from "../parser/ast.js";
import type { Context } from "./context.js";
import { lowerNumber, type Scope } from "./lower.js";

/** Evaluates all constants of the program into `context.names`; a name defined twice keeps its first meaning. */
export function evaluateConstants(context: Context, statements: readonly ast.LetStatement[]): void {
  const byName = new Map(statements.toReversed().map((statement) => [statement.name.text, statement]));
  const state = new Map<string, "open" | "done">();
  for (const root of byName.keys()) {
    const stack = [root];
    for (let name = stack.at(-1); name !== undefined; name = stack.at(-1)) {
      const statement = byName.get(name)!;
      if (state.get(name) === undefined) {
        state.set(name, "open");
        const needs = referencesIn(statement.value).filter(
          (needed) => byName.has(needed) && state.get(needed) !== "done",
        );
        const circular = needs.find((needed) => state.get(needed) === "open");
        if (circular !== undefined) reportCircle(context, stack.slice(stack.indexOf(circular)), byName);
        else if (needs.length > 0) {
          for (const needed of needs) stack.push(needed);
          continue;
        }
      }
      stack.pop();
      if (state.get(name) === "done") continue;
      state.set(name, "done");
      const circular = context.names.constants.get(name)?.value === undefined && context.names.constants.has(name);
      const value = circular ? undefined : constantValue(context, statement.value);
      context.names.constants.set(name, { span: statement.name.span, value });
    }
  }
}

function reportCircle(
  context: Context,
  circle: readonly string[],
  byName: ReadonlyMap<string, ast.LetStatement>,
): void {
  const span = byName.get(circle[0]!)!.name.span;
  const path = [...circle, circle[0]].join(" → ");
  context.report("2013", span, `constants are defined by one another in a circle: ${path}`);
  for (const name of circle) context.names.constants.set(name, { span, value: undefined });
}

/** The value of an expression of constants; undefined after a report if it does not have a value. */
export function constantValue(context: Context, expression: ast.Expression, what = "a constant"): number | undefined {
  const lowered = lowerNumber(context, expression, constantScope(context, what));
  if (lowered === undefined) return undefined;
  const value = simplify(lowered);
  if (value.kind === "constant") return value.value;
  context.report("3012", expression.span, `${context.source.slice(expression.span)} has no finite value`);
  return undefined;
}

function constantScope(context: Context, what: string): Scope {
  return {
    noises: new Set(),
    refuse: (name: string, span: Span) => {
      context.report("3012", span, `${what} is needed here, and \`${name}\` is a variable`, {
        hint: "constants are numbers and names defined with `let`",
      });
    },
  };
}

export function referencesIn(expression: ast.Expression): string[] {
  const found = new Set<string>();
  const open: ast.Expression[] = [expression];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.kind === "reference") found.add(node.name);
    else for (const child of childrenOf(node)) open.push(child);
  }
  return [...found];
}

export function childrenOf(node: ast.Expression): readonly ast.Expression[] {
  switch (node.kind) {
    case "number":
    case "string":
    case "reference":
      return [];
    case "call":
      return [...node.positional, ...node.options.map(({ value }) => value)];
    case "list":
      return node.items;
    case "sum":
      return node.terms.map(({ operand }) => operand);
    case "product":
      return node.factors.map(({ operand }) => operand);
    case "negation":
      return [node.operand];
    case "power":
      return [node.base, node.exponent];
    case "comparison":
      return [node.left, node.right];
  }
}
