/**
 * Answers to queries about the model itself (rungs one and two): expectations, probabilities, quantiles and
 * log-densities of worlds, and arithmetic over them. All terms of one query share their noises (common random numbers),
 * so a contrast of two worlds has the standard error of the contrast. The standard error is by the jackknife over equal
 * blocks of the sample.
 */

import { evaluate } from "../../../algebra/evaluate.js";
import { namesIn, targetNames } from "../../../algebra/expression.js";
import { pointMassesOf } from "../../../algebra/point-masses.js";
import { failure } from "../../../diagnostics/diagnostic.js";
import { termsOf } from "../../../model/plans/query-terms.js";
import type { Expression, InferencePlan, QueryExpression, QueryTerm } from "../../../schema/types.js";
import { sizeOf } from "../../mechanisms/bound/variables.js";
import type { LoadedModel } from "../../mechanisms/loaded-model.js";
import type { SupportFinding } from "../../support/finding.js";
import type { Engine } from "../../tensors/core/engine.js";
import type { Rows } from "../../tensors/core/rows.js";
import type { RandomKey } from "../../tensors/random/index.js";
import { evaluateRows } from "../programs/evaluate-rows.js";
import { sample } from "../programs/sample.js";
import { evaluateQuery, numbers } from "./arithmetic.js";
import { supportOfTerms } from "./asked-support.js";
import { conditionalTerm, exactTerm } from "./conditional-term.js";
import { densityTerm } from "./density-term.js";
import { type Doubt, type EstimateInterval, errorOf } from "./estimate-error.js";
import { blocks, drawsSummary, exactSummary, type TermSummary, type UnitCount } from "./term-summary.js";

export interface EstimateRequest {
  readonly loaded: LoadedModel;
  readonly engine: Engine;
  readonly expression: QueryExpression;
  /** Sample size, rounded down to a multiple of the number of blocks. */
  readonly rows: number;
  readonly key: RandomKey;
  /** Units at which densities without a point are taken. */
  readonly observed?: ReadonlyMap<string, Rows>;
  /** How much each of these units counts, `[units]`. */
  readonly weights?: Float64Array;
}

export interface Estimate {
  readonly value: number;
  /**
   * 0 where every term is exact. Where the interval is not by it, what a normal distribution with this interval has.
   */
  readonly standardError: number;
  /** 95 %; absent where every term is exact, and where weighted draws are worth too few for one. */
  readonly interval?: EstimateInterval;
  /** Why the figure is not to be relied on as it stands, as far as its draws tell. */
  readonly doubts?: readonly Doubt[];
  readonly rows: number;
  /** Whether the value is exact, an estimate, or made of bounds. */
  readonly precision: "exact" | "estimate" | "bound";
  /** Where a term is a mean over observed units: the smallest number of them, which the standard error is over. */
  readonly units?: UnitCount;
  /** Variables of log-densities that have point masses: there the log-density is the logarithm of a probability. */
  readonly pointMasses?: readonly { readonly variable: string; readonly values: readonly number[] }[];
  /** Where the answer leans on values that training hardly held. */
  readonly support: readonly SupportFinding[];
  /** How each term's evidence was taken into account, where there is some. */
  readonly inference: readonly TermInference[];
}

export interface TermInference {
  readonly plan: InferencePlan;
  /** Of importance sampling: how many equally weighted draws its own are worth. */
  readonly effectiveSize: number | null;
}

export async function estimate(request: EstimateRequest): Promise<Estimate> {
  const rows = Math.max(1, Math.floor(request.rows / blocks)) * blocks;
  const asked = termsOf(request.expression);
  const terms = new Map(await exactTerms(request, asked, rows));
  for (const term of asked) if (!terms.has(term)) terms.set(term, await summaryOf(request, term, rows));
  const valueWithout = (left: number | null) => combine(request.expression, (term) => terms.get(term)!.value(left));
  const value = valueWithout(null);
  const summaries = [...terms.values()];
  requireFinite(request.loaded, value, terms);
  const kinds = new Set(summaries.map(({ kind }) => kind));
  const units = unitsOf(summaries);
  const precision = kinds.has("bound") ? "bound" : kinds.has("estimate") ? "estimate" : "exact";
  return {
    value,
    ...(precision === "exact" ? { standardError: 0 } : errorOf(request.expression, terms, valueWithout)),
    rows,
    precision,
    ...(units ? { units } : {}),
    ...pointMassesIn(request.loaded, [...terms.keys()]),
    support: await supportOfTerms({
      loaded: request.loaded,
      engine: request.engine,
      terms: [...terms.keys()],
      key: request.key,
    }),
    inference: summaries.flatMap(({ plan, effectiveSize }) =>
      plan === undefined ? [] : [{ plan, effectiveSize: effectiveSize ?? null }],
    ),
  };
}

function pointMassesIn({ variables }: LoadedModel, terms: readonly QueryTerm[]): Pick<Estimate, "pointMasses"> {
  const scored = new Set(terms.flatMap((term) => (term.kind === "density" ? targetNames(term.of) : [])));
  const pointMasses = [...scored].flatMap((variable) => {
    const values = pointMassesOf(variables.get(variable)!.domain);
    return values.length > 0 ? [{ variable, values }] : [];
  });
  return pointMasses.length > 0 ? { pointMasses } : {};
}

/** An answer that is no number comes from draws that are none, or from a division of the query's own. */
function requireFinite(loaded: LoadedModel, whole: number, terms: ReadonlyMap<QueryTerm, TermSummary>): void {
  // An infinite log-density is an answer.
  const hasDensity = [...terms.keys()].some(({ kind }) => kind === "density");
  if (Number.isFinite(whole) || (hasDensity && !Number.isNaN(whole))) return;
  if (hasDensity)
    throw failure(
      "7067",
      loaded.model.name,
      "the query's value is not defined: it is the difference of infinite log-densities",
      "Take the densities at points where they are finite.",
    );
  for (const [term, { unfinite }] of terms) {
    if (unfinite.count > 0 && unfinite.infinite === unfinite.count)
      throw failure(
        "7080",
        loaded.model.name,
        `${unfinite.count} of ${unfinite.of} draws of ${term.kind}(…) are infinite: a mechanism or the query goes beyond 3.4e38, the largest number of the single precision that programs compute with, or divides by 0`,
        "Give the variables in a larger unit, or ask for the logarithm.",
      );
    if (unfinite.count > 0)
      throw failure(
        "7067",
        loaded.model.name,
        `${unfinite.count} of ${unfinite.of} draws of ${term.kind}(…) are not finite: a mechanism or the query leaves its domain, such as the logarithm of a number below 0`,
        "Keep the intervention where every mechanism is defined.",
      );
  }
  for (const [term, { value }] of terms)
    if (!Number.isFinite(value(null)))
      throw failure(
        "7080",
        loaded.model.name,
        `${term.kind}(…) is larger than 1.8e308, the largest number that there is`,
        "Give the variables in a larger unit, or ask for the logarithm.",
      );
  throw failure(
    "7067",
    loaded.model.name,
    `the query's value is ${whole}: it divides by 0`,
    "Divide by a term that is not 0; a probability without a hit among the draws wants more of them.",
  );
}

function unitsOf(summaries: readonly TermSummary[]): UnitCount | undefined {
  const [first, ...others] = summaries.flatMap(({ units }) => units ?? []).sort((a, b) => a.used - b.used);
  if (first === undefined) return undefined;
  const drawn = [first, ...others].some((units) => units.drawn);
  return { ...first, drawn: drawn || summaries.some(({ kind, units }) => kind !== "exact" && units === undefined) };
}

/** The one expression of a term, a number of a unit. */
function targetOf(loaded: LoadedModel, term: QueryTerm): Expression {
  const [target] = term.of;
  if (!target || term.of.length !== 1)
    throw failure("7060", loaded.model.name, `${term.kind}(…) takes one expression, not ${term.of.length}`);
  for (const name of namesIn(target, "variable"))
    if (sizeOf(loaded.variables.get(name)!.domain) !== 1)
      throw failure("7061", loaded.model.name, `${term.kind}(${name}): \`${name}\` is not a scalar`);
  if (target.kind === "variable" && loaded.variables.get(target.name)!.domain.kind === "categorical")
    throw failure(
      "7061",
      loaded.model.name,
      `${term.kind}(${target.name}): the levels of \`${target.name}\` are no numbers`,
      `Ask for a level's share: probability(${target.name} == "…").`,
    );
  return target;
}

async function summaryOf(request: EstimateRequest, term: QueryTerm, rows: number): Promise<TermSummary> {
  const { loaded, engine, key, observed, weights } = request;
  if (term.kind === "density") return densityTerm({ loaded, engine, term, observed, weights, samples: rows, key });
  const target = targetOf(loaded, term);
  const names = namesIn(target, "variable");
  if (term.evidence.length > 0) return conditionalTerm({ loaded, engine, term, rows, key });
  const { values } = await sample({ loaded, engine, rows, key, interventions: term.interventions, targets: names });
  const drawn = await evaluateRows({ loaded, engine }, target, values, rows);
  return { ...drawsSummary(drawn, null, term), kind: "estimate" };
}

/**
 * The terms without evidence, if all of them have an exact value. Otherwise they share their draws, so that what they
 * have in common cancels in a contrast of them.
 */
async function exactTerms(
  request: EstimateRequest,
  terms: readonly QueryTerm[],
  rows: number,
): Promise<Map<QueryTerm, TermSummary>> {
  const { loaded, engine, key } = request;
  const found = new Map<QueryTerm, TermSummary>();
  const plain = terms.filter(({ kind, evidence }) => kind !== "density" && evidence.length === 0);
  for (const term of plain) {
    const target = targetOf(loaded, term);
    const summary =
      namesIn(target, "variable").length === 0
        ? exactSummary(evaluate(target, {}))
        : await exactTerm({ loaded, engine, term, rows, key });
    if (summary === undefined) return new Map();
    found.set(term, withoutPlan(summary));
  }
  return found;
}

/** There is no evidence, so there is nothing to say of how it was taken into account. */
const withoutPlan = ({ plan: _, ...summary }: TermSummary): TermSummary => summary;

function combine(expression: QueryExpression, valueOfTerm: (term: QueryTerm) => number): number {
  return evaluateQuery(expression, valueOfTerm, numbers);
}
