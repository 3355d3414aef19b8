/** A term with evidence beside its `do`: in closed form, by enumeration, or from weighted draws of the world that the evidence leaves. */
import { namesIn } from "../../../model/expression.js";
import type { Expression, QueryTerm } from "../../../model/schema-types.js";
import { normalCdf } from "../../distributions/special-functions.js";
import type { Engine } from "../../engine/engine.js";
import type { LoadedModel } from "../../loaded-model.js";
import type { RandomKey } from "../../random/index.js";
import { evaluateRows } from "../evaluate-rows.js";
import { addScaled, type CoordinateForm, coordinateFormOf, squaredNorm } from "./affine-form.js";
import { momentsOf, normalCoordinate, quantileOf } from "./closed-form.js";
import { type NormalPosterior, smallestShare } from "./gaussian-posterior.js";
import { blocks, drawsSummary, exactSummary, type TermSummary } from "./term-summary.js";
import { closedWorld, drawWorld } from "./world.js";

export interface ConditionalTermRequest {
  readonly loaded: LoadedModel;
  readonly engine: Engine;
  readonly term: QueryTerm;
  /** Draws, a multiple of the number of blocks. */
  readonly rows: number;
  readonly key: RandomKey;
}

export async function conditionalTerm(request: ConditionalTermRequest): Promise<TermSummary> {
  const { loaded, engine, term, rows, key } = request;
  const [target] = term.of as [Expression];
  const names = namesIn(target, "variable");
  const world = { loaded, engine, interventions: term.interventions, evidence: term.evidence, key };
  const closed = await closedWorld(world, names);
  const value = closed && closedValue(loaded, term, target, closed.forms, closed.posterior);
  if (closed && value !== undefined) return exactSummary(value, closed.plan);
  const drawn = await drawWorld(world, names, blocks, rows / blocks);
  const values = await evaluateRows(
    engine,
    target,
    new Map(names.map((name) => [name, drawn.values.get(name)!])),
    drawn.rows,
  );
  const level = term.kind === "quantile" ? term.level! : null;
  const { plan, effectiveSize } = drawn;
  const whole = drawsSummary(values, drawn.weights, level);
  if (drawn.exact)
    return { ...exactSummary(discreteValue(values, drawn.weights!, level), plan), unfinite: whole.unfinite };
  return { ...whole, kind: "estimate", plan, effectiveSize };
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
  if (kind === "probability") return closedProbability(target, scope, posterior);
  const own = target.kind === "variable" ? forms.get(target.name) : coordinateFormOf(target, scope);
  if (own === undefined) return undefined;
  const domain = target.kind === "variable" ? loaded.variables.get(target.name)!.domain : ({ kind: "real" } as const);
  const normal = normalCoordinate(own, posterior);
  return kind === "quantile" ? quantileOf(normal, domain, level!) : momentsOf(normal, domain)?.mean;
}

/** P(left < right) of a normal difference; where it does not vary, the comparison itself. */
function closedProbability(
  target: Expression,
  scope: Parameters<typeof coordinateFormOf>[1],
  posterior: NormalPosterior,
): number | undefined {
  if (target.kind !== "apply") return undefined;
  const isLess = target.function === "less" || target.function === "less_equal";
  if (!isLess && target.function !== "greater" && target.function !== "greater_equal") return undefined;
  const [left, right] = target.arguments.map((side) => coordinateFormOf(side, scope));
  if (left?.coordinate !== "identity" || right?.coordinate !== "identity") return undefined;
  const difference = addScaled(left.form, right.form, -1);
  const variance = posterior.covariance(difference, difference);
  const prior = squaredNorm(left.form) + squaredNorm(right.form);
  if (variance <= smallestShare * prior) return undefined;
  const z = posterior.expectation(difference) / Math.sqrt(variance);
  return normalCdf(isLess ? -z : z);
}

/** Of a distribution on listed values: the mean, or the smallest value at which the distribution function reaches the level. */
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
