/**
 * The plan of a query in words: which noises are recovered and how, what is replaced, recomputed and copied, and which
 * variables of a unit must be observed. It works on any model, compiled or read from JSON.
 */
import { targetNames, variable } from "../algebra/expression.js";
import { levelNumbered } from "../algebra/levels.js";
import { type LevelsOf, levelsIn, print, printIntervention } from "../algebra/print-expression.js";
import { learnedPosteriors, termPlan } from "../model/plans/learned-posteriors.js";
import { mechanismsByName, observedFor, planCounterfactual } from "../model/plans/plan.js";
import { termsOf } from "../model/plans/query-terms.js";
import type {
  AbductStep,
  Evidence,
  Expression,
  InferencePlan,
  Mechanism,
  Model,
  Query,
  QueryTerm,
} from "../schema/types.js";

export interface PlanDescription {
  /** The term in the language's notation. */
  readonly query: string;
  /** The way variables without evidence are found; empty if everything is known. */
  readonly inference: readonly string[];
  readonly abduction: readonly string[];
  readonly action: readonly string[];
  readonly prediction: readonly string[];
  /** The variables that a unit must have. */
  readonly observe: readonly string[];
}

export interface PlannedUnits {
  /** Variables that the observed units lack. */
  readonly missing?: readonly string[];
  /** The learned posteriors; by default those that a run of the program would learn. */
  readonly posteriors?: readonly string[];
}

/** The way variables without evidence are found for a query's term and these units. */
export function inferenceOf(model: Model, term: QueryTerm, units: PlannedUnits): InferencePlan | undefined {
  const { missing = [], posteriors = learnedPosteriors(model, missing) } = units;
  return termPlan({ ...model, posteriors }, term, missing);
}

/** One description for each term of the query. */
export function describeQuery(model: Model, query: Query, units: PlannedUnits = {}): readonly PlanDescription[] {
  return termsOf(query.expression).map((term) => describeTerm(model, term, units));
}

/** The descriptions of a query as indented text, for `scmc plan`. */
export function writePlan(model: Model, query: Query, units: PlannedUnits = {}): string {
  const rows = describeQuery(model, query, units).flatMap(
    ({ query: text, inference, abduction, action, prediction, observe }) => [
      `  ${text}`,
      ...section("inference", inference),
      ...section("abduction", abduction),
      ...section("action", action),
      ...section("prediction", prediction),
      ...section("observe", observe.length === 0 ? [] : [observe.join(", ")]),
    ],
  );
  return `${[`query ${query.name}`, ...rows].join("\n")}\n`;
}

function section(name: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => `    ${(index === 0 ? name : "").padEnd(12)}${line}`);
}

function describeTerm(model: Model, term: QueryTerm, units: PlannedUnits): PlanDescription {
  const levelsOf = levelsIn(model);
  const action = term.interventions.map((intervention) => printIntervention(intervention, levelsOf));
  const targets = targetNames(term.of);
  const evidence = term.evidence.map((one) => writeEvidence(one, levelsOf));
  const conditions = [...evidence, ...(action.length === 0 ? [] : [`do(${action.join(", ")})`])];
  const inference = writeInference(inferenceOf(model, term, units));
  if (term.kind !== "counterfactual") {
    const at = term.at === undefined ? ", at each observed unit" : "";
    const over = evidence.length === 0 ? "" : `, given ${evidence.join(", ")}`;
    return {
      query: writeTerm(term, conditions, levelsOf),
      inference,
      abduction: [],
      action,
      prediction: [
        term.kind === "density"
          ? `log-density of ${targets.join(", ")}${over}${at}`
          : `sample ${targets.join(", ")} and what causes it, with fresh noise${over}`,
      ],
      observe: [],
    };
  }
  const plan = planCounterfactual(model, term.interventions, targets);
  const byName = mechanismsByName(model);
  return {
    query: writeTerm(term, conditions, levelsOf),
    inference,
    abduction: plan.abduct.map((step) => writeAbduction(step, byName.get(step.noiseOf)!, levelsOf)),
    action,
    prediction: [
      ...(plan.recompute.length === 0 ? [] : [`recompute ${plan.recompute.join(", ")}`]),
      ...(plan.copy.length === 0 ? [] : [`copy ${plan.copy.join(", ")}`]),
    ],
    // Explicit evidence is all that is known of the unit, so the data need not have anything else.
    observe:
      evidence.length > 0
        ? []
        : observedFor(model, term.interventions, plan).filter((name) => !units.missing?.includes(name)),
  };
}

function writeEvidence({ variable, value }: Evidence, levelsOf: LevelsOf): string {
  const level = typeof value === "number" ? levelNumbered(levelsOf(variable), value) : undefined;
  return `${variable} = ${JSON.stringify(level ?? value)}`;
}

/** Describes how the variables without evidence are found, for `scmc plan`. */
export function writeInference(plan: InferencePlan | undefined): string[] {
  if (plan === undefined) return [];
  const { method, infer, draw, weigh, reason } = plan;
  const missing = infer.join(", ");
  const drawn =
    draw.length === 0
      ? []
      : [`draw ${draw.join(", ")} from ${draw.length === 1 ? "its mechanism" : "their mechanisms"}`];
  switch (method) {
    case "complete":
      return [];
    case "ancestral":
      return drawn;
    case "gaussian":
      return [`posterior of ${missing} in closed form: affine with normal noise, given ${weigh.join(", ")}`, ...drawn];
    case "enumeration":
      return [`posterior of ${missing} exactly, over all joint values, weighed by ${weigh.join(", ")}`, ...drawn];
    case "importance":
      return [
        `posterior of ${missing} by importance sampling: ${writeProposals(plan)}, weighed by ${weigh.join(", ")}`,
        ...(plan.learnable ?? []).map((name) => `${name} could propose its causes: fit ${name}(posterior = learned)`),
        ...(reason === undefined ? [] : [`not exact, since ${reason}`]),
        ...drawn,
      ];
    case "impossible":
      return [`not possible: ${reason}`];
  }
}

/** Describes what proposes the missing variables in importance sampling. */
export function writeProposals({ infer, proposals = [] }: InferencePlan): string {
  if (proposals.length === 0) return "proposed by mechanisms";
  const learned = new Set(proposals.flatMap(({ variables }) => variables));
  const others = infer.filter((name) => !learned.has(name));
  const isAll = others.length === 0 && proposals.length === 1;
  const parts = proposals.map(({ by, variables }) =>
    isAll
      ? `proposed by the learned posterior of ${by}`
      : `${variables.join(", ")} proposed by the learned posterior of ${by}`,
  );
  return [...parts, ...(others.length === 0 ? [] : [`${others.join(", ")} by mechanisms`])].join(", ");
}

function writeTerm({ kind, of, level, at }: QueryTerm, conditions: readonly string[], levelsOf: LevelsOf): string {
  const asked = at?.map((one) => writeEvidence(one, levelsOf)) ?? of.map((target) => print(target, levelsOf));
  const targets = [...(level === undefined ? [] : [String(level)]), ...asked].join(", ");
  return `${kind}(${targets}${conditions.length === 0 ? "" : ` | ${conditions.join(", ")}`})`;
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

/** An inverse with the variable's name in place of its value. */
function substituted(expression: Expression, name: string): Expression {
  if (expression.kind === "value") return variable(name);
  if (expression.kind !== "apply") return expression;
  return { ...expression, arguments: expression.arguments.map((operand) => substituted(operand, name)) };
}
