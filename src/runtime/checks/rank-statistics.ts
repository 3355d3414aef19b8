/** Distribution-free tests: Kolmogorov-Smirnov against a given distribution, and Spearman's rank correlation. */
import { distributions } from "../distributions/index.js";

export interface TestResult {
  readonly statistic: number;
  /** Probability of a statistic at least as large if the hypothesis holds; asymptotic. */
  readonly p: number;
}

/** Whether values in [0, 1] are uniform: the largest distance of their distribution from it. */
export function uniformityTest(values: Float64Array): TestResult {
  const sorted = values.slice().sort();
  const n = sorted.length;
  let distance = 0;
  for (let k = 0; k < n; k++) distance = Math.max(distance, sorted[k]! - k / n, (k + 1) / n - sorted[k]!);
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

/** Ranks from 1, equal values sharing their mean rank, centred and divided by their norm; zeros where all values are equal. */
export function standardRanks(values: ArrayLike<number>): Float64Array {
  const n = values.length;
  const order = Int32Array.from({ length: n }, (_, k) => k).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(n);
  for (let start = 0; start < n; ) {
    let end = start + 1;
    while (end < n && values[order[end]!] === values[order[start]!]) end++;
    for (let k = start; k < end; k++) ranks[order[k]!] = (start + end - 1) / 2 - (n - 1) / 2;
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

/** Spearman's correlation of two columns given by `standardRanks`, and whether it could be 0. */
export function correlationTest(a: Float64Array, b: Float64Array): TestResult {
  let correlation = 0;
  for (let k = 0; k < a.length; k++) correlation += a[k]! * b[k]!;
  const z = Math.abs(correlation) * Math.sqrt(Math.max(1, a.length - 1));
  return { statistic: correlation, p: Math.min(1, 2 * distributions.normal.cdf(-z, [0, 1])) };
}

/** The most extreme of several tests, its p-value multiplied by their number (Bonferroni). */
export function worstOf(results: readonly TestResult[]): TestResult {
  const worst = results.reduce((a, b) =>
    b.p < a.p || (b.p === a.p && Math.abs(b.statistic) > Math.abs(a.statistic)) ? b : a,
  );
  return { statistic: worst.statistic, p: Math.min(1, worst.p * results.length) };
}
