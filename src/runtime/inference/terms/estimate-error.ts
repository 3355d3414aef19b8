/**
 * The standard error of an estimate, its 95 % interval, and what speaks against both. The error is by the jackknife
 * over blocks of the draws, and the interval Student's with as many degrees of freedom as the blocks are worth. Where a
 * probability has few hits, or a quantile few draws beyond it, the blocks cannot tell: the interval is then made of the
 * terms' own.
 */
import type { QueryExpression, QueryTerm } from "../../../schema/types.js";
import { arithmetic, type Interval, type Located, located, type Share } from "../intervals/interval.js";
import { studentWidth } from "../intervals/student-quantile.js";
import { heavyTail } from "../intervals/tail-shape.js";
import { type Arithmetic, evaluateQuery } from "./arithmetic.js";
import { blocks, jackknife, type TermSummary } from "./term-summary.js";

export interface EstimateInterval extends Interval {
  readonly level: 0.95;
  /** Hits and draws of the rarest probability, where it has too few for a standard error. */
  readonly hits?: Pick<Share, "hits" | "draws">;
  /**
   * `below` and `above`: the query is a probability that none or all of the draws agree with, so that there is a bound
   * alone.
   */
  readonly bound?: "below" | "above";
  /** Degrees of freedom, where it is by the standard error. */
  readonly degreesOfFreedom?: number;
}

export type Doubt =
  /** Draws beyond a quantile. */
  | { readonly kind: "few beyond"; readonly level: number; readonly beyond: number }
  /** Shape of the tail of a mean's draws; from 1 on there is no mean. */
  | { readonly kind: "heavy tail"; readonly shape: number }
  /** All draws have one value, so that nothing tells of values that come up too seldom to be among them. */
  | { readonly kind: "one value"; readonly draws: number };

export interface EstimateError {
  /** NaN where a single block carries all the weight, so that there is nothing to tell it from. */
  readonly standardError: number;
  /** Absent where the draws are worth too few for one. */
  readonly interval?: EstimateInterval;
  readonly doubts: readonly Doubt[];
}

/**
 * Weighted draws worth fewer independent ones have no interval: the ratio of means that they give is biased by then,
 * and intervals about it cover 80 % and less. Above it they cover 88 % and more (`uncertainty.test.ts`).
 */
export const leastEffectiveSize = 100;

const normalWidth = 1.959963984540054;

const withIntervals: Arithmetic<Located> = { constant: located, apply: arithmetic };

export function errorOf(
  expression: QueryExpression,
  terms: ReadonlyMap<QueryTerm, TermSummary>,
  valueWithout: (left: number | null) => number,
): EstimateError {
  const value = valueWithout(null);
  const doubts = [...terms].flatMap(([term, summary]) => doubtsOf(term, summary));
  const own = ownInterval(expression, terms);
  if (own) return { standardError: (own.high - own.low) / (2 * normalWidth), interval: own, doubts };
  const standardError = jackknife(valueWithout);
  if (!Number.isFinite(standardError)) return { standardError: Number.NaN, doubts };
  if ([...terms.values()].some(({ effectiveSize }) => (effectiveSize ?? Infinity) < leastEffectiveSize))
    return { standardError, doubts };
  // Equal blocks of draws are no sign of certainty.
  if (standardError === 0) return { standardError, doubts: [...doubts, ...oneValue(terms)] };
  const degreesOfFreedom = Math.min(...[...terms.values()].map(freedomOf));
  const reach = studentWidth(degreesOfFreedom) * standardError;
  return {
    standardError,
    interval: { level: 0.95, low: value - reach, high: value + reach, degreesOfFreedom },
    doubts,
  };
}

function oneValue(terms: ReadonlyMap<QueryTerm, TermSummary>): Doubt[] {
  const draws = [...terms.values()].flatMap(({ kind, unfinite, units }) =>
    kind === "estimate" && !units ? [unfinite?.of ?? 0] : [],
  );
  return draws.length === 0 ? [] : [{ kind: "one value", draws: Math.max(...draws) }];
}

function freedomOf({ blocksWorth, units }: TermSummary): number {
  const worth = Math.min(blocksWorth ?? blocks, units && units.used > 1 ? units.used : blocks);
  return Math.max(1, Math.round(worth) - 1);
}

/** Where some term has too few draws on one side; of a quantile that is asked for alone, always. */
function ownInterval(
  expression: QueryExpression,
  terms: ReadonlyMap<QueryTerm, TermSummary>,
): EstimateInterval | undefined {
  const isSingle = expression.kind !== "constant" && expression.kind !== "apply";
  const summaries = [...terms.values()];
  const rare = summaries.flatMap(({ share }) => (share?.few ? share : [])).sort((a, b) => rarity(a) - rarity(b))[0];
  const isShort = summaries.some(({ order }) => order !== undefined && (isSingle || order.few));
  if (rare === undefined && !isShort) return undefined;
  const { low, high } = evaluateQuery(expression, (term) => locatedTerm(terms.get(term)!), withIntervals);
  const bound = isSingle && rare ? boundOf(rare) : undefined;
  return {
    level: 0.95,
    low,
    high,
    ...(rare ? { hits: { hits: rare.hits, draws: rare.draws } } : {}),
    ...(bound ? { bound } : {}),
  };
}

const rarity = ({ hits, draws }: Share) => Math.min(hits, draws - hits);

function boundOf({ hits, draws }: Share): "below" | "above" | undefined {
  if (hits === 0) return "below";
  return hits === draws ? "above" : undefined;
}

function locatedTerm(summary: TermSummary): Located {
  const value = summary.value(null);
  const own = summary.share ?? summary.order;
  if (own) return { value, low: Math.min(own.low, value), high: Math.max(own.high, value) };
  if (summary.kind === "exact") return located(value);
  const reach = studentWidth(freedomOf(summary)) * jackknife(summary.value);
  return { value, low: value - reach, high: value + reach };
}

function doubtsOf(term: QueryTerm, { order, tail }: TermSummary): Doubt[] {
  return [
    ...(order?.few ? [{ kind: "few beyond" as const, level: term.level ?? 0.5, beyond: order.beyond }] : []),
    ...(tail !== undefined && tail >= heavyTail ? [{ kind: "heavy tail" as const, shape: tail }] : []),
  ];
}
