/**
 * The one-sample Kolmogorov-Smirnov test, and the two-sided bounds that the statistical tests use. All of them state a
 * false-alarm rate of 1e-6 for a correct sampler over a random seed; the seeds are fixed, so no run is luckier than
 * another.
 */
export const falseAlarmRate = 1e-6;

/** |z| of a standard normal exceeds this with probability 1e-6. */
export const normalBound = 4.8917;

/** The largest distance between the sample's empirical distribution and a continuous `cdf`. */
export function distance(sample: ArrayLike<number>, cdf: (value: number) => number): number {
  const sorted = Float64Array.from(sample).sort();
  let largest = 0;
  for (let i = 0; i < sorted.length; i++) {
    const expected = cdf(sorted[i]!);
    if (Number.isNaN(expected)) throw new Error(`cdf(${sorted[i]}) is NaN`);
    largest = Math.max(largest, expected - i / sorted.length, (i + 1) / sorted.length - expected);
  }
  return largest;
}

/** The distance that n correct draws exceed with the false-alarm rate at most (Dvoretzky-Kiefer-Wolfowitz, Massart). */
export function distanceBound(n: number): number {
  return Math.sqrt(Math.log(2 / falseAlarmRate) / (2 * n));
}
