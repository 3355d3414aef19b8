/**
 * 95 % intervals of figures that come from draws, for where a standard error says too little: shares with few hits
 * (Clopper & Pearson 1934; without a hit, the upper bound 1 - 0.05^(1/n), nearly 3/n), quantiles by order statistics,
 * and arithmetic over them (Zou & Donner 2008, "MOVER").
 */
import { regularisedBeta } from "../../mechanisms/distributions/special-functions.js";

export const confidence = 0.95;

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Hits on the rarer side up to which the normal approximation is not used. */
export const fewHits = 10;

export interface Share extends Interval {
  /** Draws of which the condition holds. */
  readonly hits: number;
  readonly draws: number;
  /** Whether draws on one side are too few for a standard error. */
  readonly few: boolean;
}

/**
 * The share `value` of `draws` draws, that are worth `size` equally weighted ones. Without hits, or with nothing else,
 * the interval is a one-sided bound.
 */
export function shareInterval(hits: number, draws: number, value: number, size: number): Share {
  const few = Math.min(hits, draws - hits) <= fewHits;
  const n = Math.max(1, Math.min(size, draws));
  const tail = (1 - confidence) / 2;
  if (hits === 0) return { low: 0, high: 1 - (1 - confidence) ** (1 / n), hits, draws, few };
  if (hits === draws) return { low: (1 - confidence) ** (1 / n), high: 1, hits, draws, few };
  const x = Math.min(Math.max(value, 0), 1) * n;
  return { low: betaQuantile(tail, x, n - x + 1), high: betaQuantile(1 - tail, x + 1, n - x), hits, draws, few };
}

/** By bisection; the shapes are above 0. */
function betaQuantile(level: number, a: number, b: number): number {
  let [low, high] = [0, 1];
  if (!(a > 0)) return 0;
  if (!(b > 0)) return 1;
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (regularisedBeta(middle, a, b) < level) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

export interface QuantileInterval extends Interval {
  /** Whether fewer than `fewHits` draws lie beyond the quantile. */
  readonly few: boolean;
  /** Draws beyond it, on the side of the nearer end. */
  readonly beyond: number;
}

/**
 * Of sorted, equally weighted draws: the order statistics whose ranks a binomial count leaves with probability 2.5 % on
 * each side. Past the last draw there is none, and the interval ends there.
 */
export function quantileInterval(sorted: ArrayLike<number>, level: number): QuantileInterval {
  const n = sorted.length;
  const tail = (1 - confidence) / 2;
  const low = Math.max(0, binomialQuantile(n, level, tail) - 1);
  const high = Math.min(n - 1, binomialQuantile(n, level, 1 - tail));
  const beyond = n * Math.min(level, 1 - level);
  return { low: sorted[low]!, high: sorted[high]!, few: beyond < fewHits - 1e-9, beyond };
}

/** The smallest count at which the distribution function of binomial(n, p) reaches the level. */
function binomialQuantile(n: number, p: number, level: number): number {
  if (p <= 0) return 0;
  if (p >= 1) return n;
  // P(X <= k) = I_{1 - p}(n - k, k + 1).
  let [low, high] = [-1, n];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (middle >= n || regularisedBeta(1 - p, n - middle, middle + 1) >= level) high = middle;
    else low = middle;
  }
  return high;
}

/** A figure and its interval. */
export interface Located extends Interval {
  readonly value: number;
}

export const located = (value: number): Located => ({ value, low: value, high: value });

/** The arithmetic of queries over figures with intervals; conservative where the figures share their draws. */
export const arithmetic = {
  add: (a: Located, b: Located): Located => sum(a, b),
  subtract: (a: Located, b: Located): Located => sum(a, negative(b)),
  multiply: (a: Located, b: Located): Located => hull(a.value * b.value, products(a, b)),
  divide: (a: Located, b: Located): Located => {
    // A divisor whose interval holds 0 leaves everything open.
    if (b.low <= 0 && b.high >= 0) return { value: a.value / b.value, low: -Infinity, high: Infinity };
    return hull(a.value / b.value, products(a, { low: 1 / b.high, high: 1 / b.low }));
  },
  negate: (a: Located): Located => negative(a),
} as const;

const negative = ({ value, low, high }: Located): Located => ({ value: -value, low: -high, high: -low });

function sum(a: Located, b: Located): Located {
  const value = a.value + b.value;
  return {
    value,
    low: value - Math.hypot(a.value - a.low, b.value - b.low),
    high: value + Math.hypot(a.high - a.value, b.high - b.value),
  };
}

const products = (a: Interval, b: Interval): number[] => [
  a.low * b.low,
  a.low * b.high,
  a.high * b.low,
  a.high * b.high,
];

function hull(value: number, ends: readonly number[]): Located {
  const all = ends.map((end) => (Number.isNaN(end) ? 0 : end));
  return { value, low: Math.min(value, ...all), high: Math.max(value, ...all) };
}
