/** Distribution-free tests: Kolmogorov-Smirnov against a given distribution, and Spearman's rank correlation. */
import { distributions } from "../../mechanisms/distributions/index.js";

export interface TestResult {
  readonly statistic: number;
  /** Probability of a statistic at least as large if the hypothesis holds; asymptotic. */
  readonly p: number;
}

/** The number of equally weighted rows that say as much: (Σ w)² / Σ w² (Kish 1965); all rows without weights. */
export function effectiveRows(rows: number, weights?: Float64Array): number {
  if (!weights) return rows;
  let sum = 0;
  let squares = 0;
  for (const weight of weights) {
    sum += weight;
    squares += weight * weight;
  }
  return (sum * sum) / squares;
}

/**
 * Whether values in [0, 1] are uniform: the largest distance of their distribution, weighted where there are weights,
 * from it.
 */
export function uniformityTest(values: Float64Array, weights?: Float64Array): TestResult {
  const order = Int32Array.from({ length: values.length }, (_, k) => k).sort((a, b) => values[a]! - values[b]!);
  const total = weights ? weights.reduce((sum, weight) => sum + weight, 0) : values.length;
  const n = effectiveRows(values.length, weights);
  let distance = 0;
  let below = 0;
  for (const row of order) {
    const upTo = below + (weights ? weights[row]! : 1);
    distance = Math.max(distance, values[row]! - below / total, upTo / total - values[row]!);
    below = upTo;
  }
  // Stephens (1970): close to exact from n = 4 on.
  const scaled = (Math.sqrt(n) + 0.12 + 0.11 / Math.sqrt(n)) * distance;
  return { statistic: distance, p: kolmogorovTail(scaled) };
}

/** P(K > x) = 2 Σ (-1)^(j-1) exp(-2 j² x²). */
function kolmogorovTail(x: number): number {
  // The series converges slowly where the answer is 1 to six digits.
  if (x < 0.3) return 1;
  let sum = 0;
  for (let j = 1; j <= 100; j++) sum += (j % 2 === 1 ? 2 : -2) * Math.exp(-2 * j * j * x * x);
  return Math.min(Math.max(sum, 0), 1);
}

/**
 * Ranks, equal values sharing their mean rank, centred and divided by their norm; zeros where all values are equal. A
 * row of weight w ranks as w rows do, and its centred rank is multiplied by √w, so that the product of two such columns
 * is their weighted correlation.
 */
export function standardRanks(values: ArrayLike<number>, weights?: Float64Array): Float64Array {
  const n = values.length;
  const order = Int32Array.from({ length: n }, (_, k) => k).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(n);
  const weightOf = (row: number) => (weights ? weights[row]! : 1);
  const total = weights ? weights.reduce((sum, weight) => sum + weight, 0) : n;
  let below = 0;
  for (let start = 0; start < n; ) {
    let end = start + 1;
    while (end < n && values[order[end]!] === values[order[start]!]) end++;
    let tied = 0;
    for (let k = start; k < end; k++) tied += weightOf(order[k]!);
    for (let k = start; k < end; k++)
      ranks[order[k]!] = Math.sqrt(weightOf(order[k]!)) * (below + tied / 2 - total / 2);
    below += tied;
    start = end;
  }
  const norm = Math.hypot(...blockNorms(ranks));
  return norm === 0 ? ranks : ranks.map((rank) => rank / norm);
}

/** Norms of pieces: `Math.hypot` takes its numbers as arguments, of which there may not be a million. */
function blockNorms(values: Float64Array): number[] {
  const norms: number[] = [];
  for (let start = 0; start < values.length; start += 1000)
    norms.push(Math.hypot(...values.subarray(start, start + 1000)));
  return norms;
}

/**
 * Spearman's correlation of two columns given by `standardRanks`, and whether it could be 0; `rows` is their effective
 * number.
 */
export function correlationTest(a: Float64Array, b: Float64Array, rows = a.length): TestResult {
  let correlation = 0;
  for (let k = 0; k < a.length; k++) correlation += a[k]! * b[k]!;
  const z = Math.abs(correlation) * Math.sqrt(Math.max(1, rows - 1));
  return { statistic: correlation, p: Math.min(1, 2 * distributions.normal.cdf(-z, [0, 1])) };
}

/** The most extreme of several tests, its p-value multiplied by their number (Bonferroni). */
export function worstOf(results: readonly TestResult[]): TestResult {
  const worst = results.reduce((a, b) =>
    b.p < a.p || (b.p === a.p && Math.abs(b.statistic) > Math.abs(a.statistic)) ? b : a,
  );
  return { statistic: worst.statistic, p: Math.min(1, worst.p * results.length) };
}
