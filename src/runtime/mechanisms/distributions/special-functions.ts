/**
 * Special functions in double precision for distribution functions: log Γ, the regularised incomplete gamma and beta
 * functions, and Φ. Relative error below 1e-10 over the parameters that models use (shapes from 0.01 to 1e4).
 */

/** log Γ(x) for x > 0: Stirling's series, after raising x above 10 by Γ(x + 1) = x Γ(x). */
export function logGamma(x: number): number {
  let shifted = x;
  let product = 1;
  while (shifted < 10) {
    product *= shifted;
    shifted += 1;
  }
  const inverse = 1 / shifted;
  const square = inverse * inverse;
  // Bernoulli numbers B2k / (2k (2k - 1)), k = 1 … 6.
  const series =
    inverse *
    (1 / 12 +
      square * (-1 / 360 + square * (1 / 1260 + square * (-1 / 1680 + square * (1 / 1188 - (square * 691) / 360360)))));
  return (shifted - 0.5) * Math.log(shifted) - shifted + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product);
}

/** log B(a, b). */
export function logBeta(a: number, b: number): number {
  // B(a, 1) = 1 / a.
  if (a === 1) return -Math.log(b);
  if (b === 1) return -Math.log(a);
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}

const smallest = 1e-300;
const relativeError = 1e-15;
const mostTerms = 100_000;

/** P(a, x) = γ(a, x) / Γ(a). */
export function regularisedGamma(a: number, x: number): number {
  if (!(x > 0)) return Number.isNaN(x) ? Number.NaN : 0;
  if (x === Infinity) return 1;
  return x < a + 1 ? gammaSeries(a, x) : 1 - gammaFraction(a, x);
}

/** Q(a, x) = 1 - P(a, x), accurate where it is small. */
export function regularisedGammaUpper(a: number, x: number): number {
  if (!(x > 0)) return Number.isNaN(x) ? Number.NaN : 1;
  if (x === Infinity) return 0;
  return x < a + 1 ? 1 - gammaSeries(a, x) : gammaFraction(a, x);
}

/** P by its power series (DLMF 8.7.1), which converges fast for x < a + 1. */
function gammaSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let k = 1; k < mostTerms && term > sum * relativeError; k++) {
    term *= x / (a + k);
    sum += term;
  }
  return sum * Math.exp(a * Math.log(x) - x - logGamma(a));
}

/** Q by its continued fraction (DLMF 8.9.2, even part), evaluated by Lentz's method. */
function gammaFraction(a: number, x: number): number {
  const value = continuedFraction(
    x + 1 - a,
    (k) => -k * (k - a),
    (k) => x + 2 * k + 1 - a,
  );
  return Math.exp(a * Math.log(x) - x - logGamma(a)) / value;
}

/** I_x(a, b), by its continued fraction (DLMF 8.17.22) on the side of the mean where it converges fast. */
export function regularisedBeta(x: number, a: number, b: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - regularisedBeta(1 - x, b, a);
  const numerator = (k: number): number => {
    const m = Math.floor(k / 2);
    return k % 2 === 0
      ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
      : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
  };
  const value = continuedFraction(1, numerator, () => 1);
  return Math.exp(a * Math.log(x) + b * Math.log1p(-x) - logBeta(a, b)) / (a * value);
}

/** b0 + n1 / (d1 + n2 / (d2 + …)) by Lentz's method as modified by Thompson & Barnett (1986). */
function continuedFraction(b0: number, numerator: (k: number) => number, denominator: (k: number) => number): number {
  let value = b0 === 0 ? smallest : b0;
  let upper = value;
  let lower = 0;
  for (let k = 1; k < mostTerms; k++) {
    const n = numerator(k);
    const d = denominator(k);
    lower = d + n * lower;
    lower = 1 / (lower === 0 ? smallest : lower);
    upper = d + n / upper;
    if (upper === 0) upper = smallest;
    const factor = upper * lower;
    value *= factor;
    if (Math.abs(factor - 1) < relativeError) break;
  }
  return value;
}

/** Φ(z), the standard normal distribution function, accurate in both tails. */
export function normalCdf(z: number): number {
  const tail = 0.5 * regularisedGammaUpper(0.5, 0.5 * z * z);
  return z > 0 ? 1 - tail : tail;
}
