/**
 * How heavy the tails of a sample are: the shape k of the generalised Pareto distribution fitted to the largest
 * distances from the median (Zhang & Stephens 2009, the estimator of importance sampling's k-hat; Vehtari et al. 2024).
 * Moments of order 1 / k and above do not exist: from k = 1 on the mean, from 1/2 on the variance. The standard error
 * of a mean can be relied on below 0.7.
 */

export const heavyTail = 0.7;
/** Draws of the tail below which nothing is told. */
const leastTail = 25;

/** Undefined for samples that are too small or hardly vary. */
export function tailShape(values: ArrayLike<number>): number | undefined {
  const n = values.length;
  const count = Math.floor(Math.min(0.2 * n, 3 * Math.sqrt(n)));
  if (count < leastTail) return undefined;
  const sorted = Float64Array.from(values).sort();
  const centre = sorted[n >> 1]!;
  const distances = sorted.map((value) => Math.abs(value - centre)).sort();
  const threshold = distances[n - count - 1]!;
  const excesses = distances.subarray(n - count).map((value) => value - threshold);
  if (!(excesses[count >> 2]! > 0) || !Number.isFinite(excesses[count - 1]!)) return undefined;
  return paretoShape(excesses);
}

/** Of sorted excesses; the posterior mean of k, shrunk to 1/2 by ten observations. */
function paretoShape(sorted: Float64Array): number {
  const n = sorted.length;
  const points = 30 + Math.floor(Math.sqrt(n));
  const quartile = sorted[Math.floor(n / 4 + 0.5) - 1]!;
  const candidates = Array.from(
    { length: points },
    (_, j) => 1 / sorted[n - 1]! + (1 - Math.sqrt(points / (j + 0.5))) / (3 * quartile),
  );
  const shapeAt = (theta: number) => sorted.reduce((sum, x) => sum + Math.log1p(-theta * x), 0) / n;
  const logLikelihoods = candidates.map((theta) => {
    const k = shapeAt(theta);
    return n * (Math.log(-theta / k) - k - 1);
  });
  const largest = Math.max(...logLikelihoods.filter(Number.isFinite));
  const weights = logLikelihoods.map((value) => (Number.isFinite(value) ? Math.exp(value - largest) : 0));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const theta = candidates.reduce((sum, value, j) => sum + (weights[j]! / total) * value, 0);
  return (n * shapeAt(theta) + 5) / (n + 10);
}
