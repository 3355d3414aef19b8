/**
 * What a query's term comes to: a number, and the same with one of equal blocks of the draws left out, from which the
 * standard error of any arithmetic over terms follows (the delete-a-group jackknife; Kott 2001).
 */
import type { InferencePlan, QueryTerm } from "../../../schema/types.js";
import { type QuantileInterval, quantileInterval, type Share, shareInterval } from "../intervals/interval.js";
import { tailShape } from "../intervals/tail-shape.js";
import { effectiveSizeOf } from "../particles/resample.js";

export const blocks = 20;

export interface TermSummary {
  /** The value without the block `left`, or of all draws. */
  value(left: number | null): number;
  /** Whether the value is exact, an estimate, or a bound on what was asked for. */
  readonly kind: "exact" | "estimate" | "bound";
  readonly plan?: InferencePlan;
  /** Of importance sampling. */
  readonly effectiveSize?: number | null;
  /** Where the value is a mean over observed units. */
  readonly units?: UnitCount;
  /** Of a probability: the draws that it holds in, and the interval that they leave. */
  readonly share?: Share;
  /** Of a quantile of equally weighted draws. */
  readonly order?: QuantileInterval;
  /** Of a mean: the shape of the draws' tail (`tail-shape.ts`). */
  readonly tail?: number;
  /** Of weighted draws: how many blocks of equal weight the blocks are worth. */
  readonly blocksWorth?: number;
  /** Draws that are no finite number, out of how many; and how many of them are infinite, which an overflow is. */
  readonly unfinite: { readonly count: number; readonly of: number; readonly infinite?: number };
}

export interface UnitCount {
  readonly used: number;
  /** Units of the data; those that lack a variable that is asked for are left out. */
  readonly of: number;
  /** Whether draws enter, beside the spread over units. */
  readonly drawn: boolean;
}

export const exactSummary = (value: number, plan?: InferencePlan): TermSummary => ({
  value: () => value,
  kind: "exact",
  unfinite: { count: 0, of: 0 },
  ...(plan ? { plan } : {}),
});

/** Of draws in equal blocks, weighted or not: their mean, their share or their quantile. */
export function drawsSummary(
  values: ArrayLike<number>,
  weights: ArrayLike<number> | null,
  { kind, level: asked }: Pick<QueryTerm, "kind" | "level">,
  effectiveSize: number | null = null,
): Pick<TermSummary, "value" | "unfinite" | "share" | "order" | "tail" | "blocksWorth"> {
  const level = kind === "quantile" ? (asked ?? 0.5) : null;
  const perBlock = values.length / blocks;
  let [count, infinite] = [0, 0];
  for (let row = 0; row < values.length; row++) {
    if (!Number.isFinite(values[row]!)) count++;
    if (Math.abs(values[row]!) === Number.POSITIVE_INFINITY) infinite++;
  }
  const kept = (left: number | null) => {
    if (left === null) return null;
    return (row: number) => row < left * perBlock || row >= (left + 1) * perBlock;
  };
  const sorted = level === null ? null : order(values);
  const value = (left: number | null) =>
    sorted === null ? mean(values, weights, kept(left)) : quantile(values, weights, sorted, level!, kept(left));
  const heavy = kind === "expectation" && weights === null && count === 0 ? tailShape(values) : undefined;
  return {
    unfinite: { count, of: values.length, infinite },
    value,
    ...(kind === "probability" ? { share: shareOf(values, weights, value(null), effectiveSize) } : {}),
    ...(sorted !== null && weights === null
      ? {
          order: quantileInterval(
            Float64Array.from(sorted, (row) => values[row]!),
            level!,
          ),
        }
      : {}),
    ...(heavy === undefined ? {} : { tail: heavy }),
    ...(weights === null ? {} : { blocksWorth: worthOf(weights) }),
  };
}

function shareOf(
  values: ArrayLike<number>,
  weights: ArrayLike<number> | null,
  value: number,
  effectiveSize: number | null,
): Share {
  let [hits, draws] = [0, 0];
  for (let row = 0; row < values.length; row++) {
    if (weights?.[row] === 0) continue;
    draws++;
    if (values[row] !== 0) hits++;
  }
  return shareInterval(hits, draws, value, effectiveSize ?? draws);
}

/** The effective number of the blocks by their total weights. */
function worthOf(weights: ArrayLike<number>): number {
  const totals = new Float64Array(blocks);
  for (let row = 0; row < weights.length; row++) totals[Math.floor((row * blocks) / weights.length)]! += weights[row]!;
  return effectiveSizeOf(totals);
}

type Kept = ((row: number) => boolean) | null;

function mean(values: ArrayLike<number>, weights: ArrayLike<number> | null, kept: Kept): number {
  let sum = 0;
  let total = 0;
  for (let row = 0; row < values.length; row++) {
    const weight = weights?.[row] ?? 1;
    if (weight === 0 || kept?.(row) === false) continue;
    sum += weight * values[row]!;
    total += weight;
  }
  return sum / total;
}

function order(values: ArrayLike<number>): Int32Array {
  return Int32Array.from({ length: values.length }, (_, row) => row).sort((a, b) => values[a]! - values[b]!);
}

/** Linear between the midpoints of the weights, which for equal ones is linear between neighbours. */
function quantile(
  values: ArrayLike<number>,
  weights: ArrayLike<number> | null,
  sorted: Int32Array,
  level: number,
  kept: Kept,
): number {
  const rows = sorted.filter((row) => kept?.(row) !== false && (weights?.[row] ?? 1) > 0);
  const weightOf = (row: number) => weights?.[row] ?? 1;
  const total = rows.reduce((sum, row) => sum + weightOf(row), 0);
  const [first, last] = [rows[0]!, rows.at(-1)!];
  const span = total - weightOf(first) / 2 - weightOf(last) / 2;
  const target = weightOf(first) / 2 + level * span;
  let below = 0;
  let previous = -1;
  let previousAt = 0;
  for (const row of rows) {
    const at = below + weightOf(row) / 2;
    if (at >= target) {
      if (previous < 0 || at === previousAt) return values[row]!;
      return values[previous]! + ((target - previousAt) / (at - previousAt)) * (values[row]! - values[previous]!);
    }
    below += weightOf(row);
    previous = row;
    previousAt = at;
  }
  return values[last]!;
}

/** The standard error of a function of the blocks. */
export function jackknife(valueWithout: (left: number) => number): number {
  const values = Array.from({ length: blocks }, (_, left) => valueWithout(left));
  const center = values.reduce((sum, value) => sum + value, 0) / blocks;
  const squares = values.reduce((sum, value) => sum + (value - center) ** 2, 0);
  return Math.sqrt(((blocks - 1) / blocks) * squares);
}
