/**
 * The plan of a query in words: which noises are recovered and how, what is replaced, what is recomputed and what copied,
 * and what must be observed of a unit. Works on any model, compiled or read from JSON.
 */
import { variable } from "../model/expression.js";
import { mechanismsByName, observedFor, planCounterfactual } from "../model/plan.js";
import type {
  AbductStep,
  Expression,
  Intervention,
  Mechanism,
  Model,
  Query,
  QueryExpression,
  QueryTerm,
} from "../model/schema-types.js";
import { type LevelsOf, print, printValue } from "./print.js";
import { targetNames } from "./queries.js";

export interface PlanDescription {
  /** The term as it is written in the language. */
  readonly query: string;
  readonly abduction: readonly string[];
  readonly action: readonly string[];
  readonly prediction: readonly string[];
  /** Variables that a unit must come with. */
  readonly observe: readonly string[];
}

/** One description for each term of the query. */
export function describeQuery(model: Model, query: Query): readonly PlanDescription[] {
  return termsOf(query.expression).map((term) => describeTerm(model, term));
}

/** The descriptions of a query as indented text, for `scmc plan`. */
export function writePlan(model: Model, query: Query): string {
  const rows = describeQuery(model, query).flatMap(({ query: text, abduction, action, prediction, observe }) => [
    `  ${text}`,
    ...section("abduction", abduction),
    ...section("action", action),
    ...section("prediction", prediction),
    ...section("observe", observe.length === 0 ? [] : [observe.join(", ")]),
  ]);
  return `${[`query ${query.name}`, ...rows].join("\n")}\n`;
}

function section(name: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => `    ${(index === 0 ? name : "").padEnd(12)}${line}`);
}

function termsOf(query: QueryExpression): QueryTerm[] {
  if (query.kind === "constant") return [];
  return query.kind === "apply" ? query.arguments.flatMap(termsOf) : [query];
}

function describeTerm(model: Model, term: QueryTerm): PlanDescription {
  const levelsOf = levelsIn(model);
  const action = term.interventions.map((intervention) => writeIntervention(intervention, levelsOf));
  const targets = targetNames(term.of);
  if (term.kind !== "counterfactual") {
    const evidence = term.evidence.map(({ variable, value }) => {
      const level = typeof value === "number" ? levelsOf(variable)?.[value] : undefined;
      return `${variable} = ${JSON.stringify(level ?? value)}`;
    });
    const conditions = [...evidence, ...(action.length === 0 ? [] : [`do(${action.join(", ")})`])];
    const over = evidence.length === 0 ? "" : `, given ${evidence.join(", ")}`;
    return {
      query: writeTerm(term, conditions, levelsOf),
      abduction: [],
      action,
      prediction: [
        term.kind === "density"
          ? `evaluate the density of ${targets.join(", ")}, with fresh noise for what causes it${over}`
          : `sample ${targets.join(", ")} and what causes it, with fresh noise${over}`,
      ],
      observe: [],
    };
  }
  const plan = planCounterfactual(model, term.interventions, targets);
  const byName = mechanismsByName(model);
  return {
    query: writeTerm(term, action.length === 0 ? [] : [`do(${action.join(", ")})`], levelsOf),
    abduction: plan.abduct.map((step) => writeAbduction(step, byName.get(step.noiseOf)!, levelsOf)),
    action,
    prediction: [
      ...(plan.recompute.length === 0 ? [] : [`recompute ${plan.recompute.join(", ")}`]),
      ...(plan.copy.length === 0 ? [] : [`copy ${plan.copy.join(", ")}`]),
    ],
    observe: observedFor(model, term.interventions, plan),
  };
}

function levelsIn({ variables }: Model): LevelsOf {
  const byName = new Map(variables.map(({ name, domain }) => [name, domain]));
  return (name) => {
    const domain = byName.get(name);
    return domain?.kind === "categorical" ? domain.levels : undefined;
  };
}

function writeTerm({ kind, of, level }: QueryTerm, conditions: readonly string[], levelsOf: LevelsOf): string {
  const asked = of.map((target) => print(target, levelsOf));
  const targets = [...(level === undefined ? [] : [String(level)]), ...asked].join(", ");
  return `${kind}(${targets}${conditions.length === 0 ? "" : ` | ${conditions.join(", ")}`})`;
}

function writeIntervention({ variable, expression, noises, only }: Intervention, levelsOf: LevelsOf): string {
  const children = only === undefined ? "" : ` for ${only.join(", ")}`;
  const draws = noises.map(
    ({ name, distribution, parameters }) => `${name} ~ ${distribution}(${parameters.join(", ")})`,
  );
  return `${variable} := ${printValue(expression, variable, levelsOf)}${children}${draws.length === 0 ? "" : ` where ${draws.join(", ")}`}`;
}

function writeAbduction({ noiseOf, method, given }: AbductStep, mechanism: Mechanism, levelsOf: LevelsOf): string {
  const from = given.join(", ");
  switch (method) {
    case "exact":
      if (mechanism.kind === "expression" && mechanism.inverse !== null) {
        const inverse = print(substituted(mechanism.inverse.expression, noiseOf), levelsOf);
        return `noise of ${noiseOf}, exactly: ${mechanism.inverse.noise} = ${inverse}`;
      }
      return `noise of ${noiseOf}, exactly, from ${from}`;
    case "amortised":
      if (mechanism.kind === "flow")
        return `noise of ${noiseOf}, exactly, given a uniform draw within each grey level, from ${from}`;
      return `noise of ${noiseOf}, its latent part sampled from the encoder, the rest exactly, from ${from}`;
    case "implicit":
      return `noise of ${noiseOf}, by the trained encoder, from ${from}`;
    case "posterior_sample":
      return `noise of ${noiseOf}, sampled from its posterior, from ${from}`;
    case "record":
      return `recorded item of ${noiseOf}, which must have been kept with the unit`;
    case "deterministic":
      return `${noiseOf} has no noise`;
    case "none":
      return `noise of ${noiseOf} cannot be recovered`;
  }
}

/** An inverse with the variable's name in the place of its value. */
function substituted(expression: Expression, name: string): Expression {
  if (expression.kind === "value") return variable(name);
  if (expression.kind !== "apply") return expression;
  return { ...expression, arguments: expression.arguments.map((operand) => substituted(operand, name)) };
}
