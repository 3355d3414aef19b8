/**
 * A term with evidence beside its `do`: in closed form, by enumeration, or from weighted draws of the world that the
 * evidence leaves.
 */

import { compute } from "../../../algebra/evaluate.js";
import { namesIn } from "../../../algebra/expression.js";
import { isComparison } from "../../../algebra/level-expressions.js";
import { assertNever } from "../../../diagnostics/assert-never.js";
import type { Expression, QueryTerm } from "../../../schema/types.js";
import { normalCdf } from "../../mechanisms/distributions/special-functions.js";
import type { LoadedModel } from "../../mechanisms/loaded-model.js";
import type { Engine } from "../../tensors/core/engine.js";
import type { RandomKey } from "../../tensors/random/index.js";
import {
  type AffineForm,
  addScaled,
  type CoordinateForm,
  constantForm,
  coordinateFormOf,
  squaredNorm,
} from "../exact/affine-form.js";
import { momentsOf, normalCoordinate, quantileOf } from "../exact/closed-form.js";
import { type NormalPosterior, smallestShare } from "../exact/gaussian-posterior.js";
import { coordinateOf } from "../exact/gaussian-unit.js";
import { evaluateRows } from "../programs/evaluate-rows.js";
import { closedWorld, drawWorld, enumeratedWorld, type WorldDraws } from "./evidence-world.js";
import { blocks, drawsSummary, exactSummary, type TermSummary } from "./term-summary.js";

export interface ConditionalTermRequest {
  readonly loaded: LoadedModel;
  readonly engine: Engine;
  readonly term: QueryTerm;
  /** Draws, a multiple of the number of blocks. */
  readonly rows: number;
  readonly key: RandomKey;
}

/** The term without any draw: in closed form or by enumeration; undefined where it has neither. */
export async function exactTerm({
  loaded,
  engine,
  term,
  key,
}: ConditionalTermRequest): Promise<TermSummary | undefined> {
  const [target] = term.of as [Expression];
  const names = namesIn(target, "variable");
  const world = { loaded, engine, interventions: term.interventions, evidence: term.evidence, key };
  const closed = await closedWorld(world, names);
  const value = closed && closedValue(loaded, term, target, closed.forms, closed.posterior);
  if (closed && value !== undefined) return exactSummary(value, closed.plan);
  const listed = await enumeratedWorld(world, names);
  if (listed === undefined) return undefined;
  const values = await evaluateRows({ loaded, engine }, target, columnsOf(listed, names), listed.rows);
  const level = term.kind === "quantile" ? (term.level ?? 0.5) : null;
  return {
    ...exactSummary(discreteValue(values, listed.weights!, level), listed.plan),
    unfinite: unfiniteOf(values, listed.weights!),
  };
}

const columnsOf = ({ values }: WorldDraws, names: readonly string[]) =>
  new Map(names.map((name) => [name, values.get(name)!]));

function unfiniteOf(values: ArrayLike<number>, weights: Float64Array): TermSummary["unfinite"] {
  return {
    count: weights.filter((weight, row) => weight > 0 && !Number.isFinite(values[row])).length,
    of: values.length,
  };
}

export async function conditionalTerm(request: ConditionalTermRequest): Promise<TermSummary> {
  const { loaded, engine, term, rows, key } = request;
  const exact = await exactTerm(request);
  if (exact) return exact;
  const [target] = term.of as [Expression];
  const names = namesIn(target, "variable");
  const world = { loaded, engine, interventions: term.interventions, evidence: term.evidence, key };
  const drawn = await drawWorld(world, names, blocks, rows / blocks);
  const values = await evaluateRows({ loaded, engine }, target, columnsOf(drawn, names), drawn.rows);
  const { plan, effectiveSize, weights } = drawn;
  return { ...drawsSummary(values, weights, term, effectiveSize), kind: "estimate", plan, effectiveSize };
}

/** Undefined where the target is not normal in any coordinate. */
function closedValue(
  loaded: LoadedModel,
  { kind, level }: QueryTerm,
  target: Expression,
  forms: ReadonlyMap<string, CoordinateForm>,
  posterior: NormalPosterior,
): number | undefined {
  const scope = { variable: (name: string) => forms.get(name), noises: [], indexOf: () => -1 };
  if (kind === "probability") return closedProbability(loaded, target, scope, posterior);
  const own = target.kind === "variable" ? forms.get(target.name) : coordinateFormOf(target, scope);
  if (own === undefined) return undefined;
  const domain = target.kind === "variable" ? loaded.variables.get(target.name)!.domain : ({ kind: "real" } as const);
  const normal = normalCoordinate(own, posterior);
  return kind === "quantile" ? quantileOf(normal, domain, level ?? 0.5) : momentsOf(normal, domain)?.mean;
}

/** P(left < right) of a normal difference; where it does not vary, the comparison itself. */
function closedProbability(
  loaded: LoadedModel,
  target: Expression,
  scope: Parameters<typeof coordinateFormOf>[1],
  posterior: NormalPosterior,
): number | undefined {
  if (target.kind !== "apply" || !isComparison(target.function)) return undefined;
  const sides = sidesOf(loaded, target.arguments as [Expression, Expression], scope);
  if (sides === undefined) return undefined;
  const difference = addScaled(sides[0], sides[1], -1);
  const variance = posterior.covariance(difference, difference);
  const prior = squaredNorm(sides[0]) + squaredNorm(sides[1]);
  if (squaredNorm(difference) === 0) return compute(target.function, [difference.constant, 0]);
  if (variance <= smallestShare * prior) return undefined;
  const z = posterior.expectation(difference) / Math.sqrt(variance);
  switch (target.function) {
    case "less":
    case "less_equal":
      return normalCdf(-z);
    case "greater":
    case "greater_equal":
      return normalCdf(z);
    // A difference with a density is 0 with probability 0.
    case "equal":
      return 0;
    case "not_equal":
      return 1;
    default:
      return assertNever(target.function);
  }
}

/**
 * Both sides in one coordinate, which is increasing: itself, or, against a variable's logarithm or logit, that of a
 * constant.
 */
function sidesOf(
  loaded: LoadedModel,
  sides: readonly [Expression, Expression],
  scope: Parameters<typeof coordinateFormOf>[1],
): [AffineForm, AffineForm] | undefined {
  const [left, right] = sides.map((side) =>
    side.kind === "variable" ? scope.variable(side.name) : coordinateFormOf(side, scope),
  );
  if (left === undefined || right === undefined) return undefined;
  if (left.coordinate === right.coordinate && left.coordinate !== "logit") return [left.form, right.form];
  const moved = (own: CoordinateForm, of: Expression, other: CoordinateForm): AffineForm | undefined => {
    if (other.coordinate !== "identity" || squaredNorm(other.form) > 0) return undefined;
    const domain = of.kind === "variable" ? loaded.variables.get(of.name)!.domain : ({ kind: "positive" } as const);
    const at = other.form.constant;
    const [low, high] = domain.kind === "interval" ? [domain.low, domain.high] : [0, Number.POSITIVE_INFINITY];
    if (at <= low || at >= high) return constantForm(at <= low ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
    return constantForm(coordinateOf(own.coordinate, domain, at).value);
  };
  if (left.coordinate !== "identity") {
    const other = moved(left, sides[0], right);
    return other && [left.form, other];
  }
  const other = moved(right, sides[1], left);
  return other && [other, right.form];
}

/**
 * Of a distribution on listed values: the mean, or the smallest value at which the distribution function reaches the
 * level.
 */
function discreteValue(values: ArrayLike<number>, weights: Float64Array, level: number | null): number {
  const rows = Array.from(weights, (_, row) => row);
  if (level === null) return rows.reduce((sum, row) => sum + (weights[row]! > 0 ? weights[row]! * values[row]! : 0), 0);
  rows.sort((a, b) => values[a]! - values[b]!);
  let reached = 0;
  for (const row of rows) {
    reached += weights[row]!;
    if (reached >= level - 1e-12 && weights[row]! > 0) return values[row]!;
  }
  return values[rows.at(-1)!]!;
}
