/**
 * Warnings that are given only on request, for programs that are right but contain something that is probably not
 * meant.
 */

import { namesIn } from "../algebra/expression.js";
import { withoutIdleParts } from "../algebra/simplify.js";
import type { Span } from "../diagnostics/diagnostic.js";
import { intervenedGraph } from "../model/plans/plan.js";
import type * as ast from "../parser/ast.js";
import type { Assertion, Mechanism, Query, QueryExpression, QueryTerm } from "../schema/types.js";
import { referencesIn } from "./constants.js";
import type { Context } from "./context.js";
import type { QueriedModel } from "./queried-model.js";

interface Compiled {
  readonly mechanisms: readonly Mechanism[];
  readonly queries: readonly Query[];
  readonly assertions: readonly Assertion[];
  readonly confounded: readonly (readonly [string, string])[];
}

export function warnOfUnused(context: Context, program: ast.Program, compiled: Compiled): void {
  const named = new Set(program.statements.flatMap(referencesOf));
  for (const [name, { span }] of context.names.constants) {
    if (!named.has(name)) context.warn("2020", span, `the constant \`${name}\` is not used`, { hint: "leave it out" });
  }
  warnOfUnusedVariables(context, compiled);
  for (const mechanism of compiled.mechanisms) warnOfIdleParents(context, mechanism);
}

/**
 * Warns only if there are queries, which say what the model is for; without them every last variable would be unused.
 */
function warnOfUnusedVariables(context: Context, { mechanisms, queries, assertions, confounded }: Compiled): void {
  if (queries.length === 0) return;
  const used = new Set<string>([
    ...mechanisms.flatMap(({ parents }) => parents),
    ...queries.flatMap(({ expression }) => namesOfQuery(expression)),
    ...assertions.flatMap((claim) =>
      claim.kind === "independent" ? [claim.left, claim.right, ...claim.given] : [claim.from, claim.to],
    ),
    ...confounded.flat(),
  ]);
  for (const [name, { span }] of context.names.variables) {
    if (used.has(name) || span === undefined) continue;
    context.warn("2021", span, `nothing uses the variable \`${name}\``, {
      hint: "no variable depends on it, and no query asks for it",
    });
  }
}

function namesOfQuery(query: QueryExpression): string[] {
  if (query.kind === "constant") return [];
  if (query.kind === "apply") return query.arguments.flatMap(namesOfQuery);
  return [
    ...query.of.flatMap((target) => namesIn(target, "variable")),
    ...query.evidence.map(({ variable }) => variable),
    ...query.interventions.flatMap(({ variable, expression }) => [variable, ...namesIn(expression, "variable")]),
  ];
}

function warnOfIdleParents(context: Context, mechanism: Mechanism): void {
  if (mechanism.kind !== "expression") return;
  const effective = new Set(namesIn(withoutIdleParts(mechanism.expression), "variable"));
  for (const parent of mechanism.parents) {
    const entry = context.names.variables.get(mechanism.variable);
    if (effective.has(parent) || entry?.span === undefined) continue;
    context.warn(
      "4008",
      entry.span,
      `\`${parent}\` is a parent of \`${mechanism.variable}\`, and can never matter to it`,
    );
  }
}

/** Warns of an intervention that cannot change anything the query looks at. */
export function warnOfIdleInterventions(
  context: Context,
  { conditions }: ast.QueryTerm,
  term: QueryTerm,
  model: QueriedModel,
): void {
  if (!context.pedantic) return;
  const seen = [
    ...term.of.flatMap((target) => namesIn(target, "variable")),
    ...term.evidence.map(({ variable }) => variable),
  ];
  const graph = intervenedGraph(model, term.interventions);
  const causes = graph.ancestors(seen);
  for (const { variable, expression, only } of term.interventions) {
    const reaches =
      seen.includes(variable) ||
      causes.has(variable) ||
      (only ?? []).some((child) => causes.has(child) || seen.includes(child));
    const isIdentity = expression.kind === "natural";
    if (reaches && !isIdentity) continue;
    const reason = isIdentity ? "it sets the variable to the value that it has" : "nothing asked for depends on it";
    context.warn("4009", placeOfAssignment(conditions, variable), `this intervention changes nothing: ${reason}`);
  }
}

function placeOfAssignment(conditions: ast.QueryTerm["conditions"], variable: string): Span {
  const assignments = conditions.flatMap((condition) => (condition.kind === "do" ? condition.assignments : []));
  return assignments.find((assignment) => assignment.variable.text === variable)!.span;
}

/** Every name that a statement reads. */
function referencesOf(statement: ast.Statement): string[] {
  switch (statement.kind) {
    case "variable": {
      const parts = [...(statement.type?.arguments ?? []), ...(statement.body === undefined ? [] : [statement.body])];
      return [...parts, ...statement.noises.map(({ distribution }) => distribution)].flatMap(referencesIn);
    }
    case "let":
      return referencesIn(statement.value);
    case "fit":
      return statement.options.flatMap(({ value }) => referencesIn(value));
    case "query":
      return referencesOfQuery(statement.value);
    default:
      return [];
  }
}

function referencesOfQuery(node: ast.QueryExpression): string[] {
  switch (node.kind) {
    case "number":
      return [];
    case "reference":
      return [node.name];
    case "negation":
      return referencesOfQuery(node.operand);
    case "sum":
      return node.terms.flatMap(({ operand }) => referencesOfQuery(operand));
    case "product":
      return node.factors.flatMap(({ operand }) => referencesOfQuery(operand));
    case "term":
      return [...node.targets, ...node.conditions.flatMap(partsOfCondition)].flatMap(referencesIn);
  }
}

function partsOfCondition(condition: ast.Evidence | ast.DoCondition): ast.Expression[] {
  if (condition.kind === "evidence") return [condition.value];
  return condition.assignments.flatMap(({ value, noises }) => [
    value,
    ...noises.map(({ distribution }) => distribution),
  ]);
}
