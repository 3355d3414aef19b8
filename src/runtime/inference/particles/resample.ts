/** Weights of a unit's particles: their normalisation, effective number, and systematic resampling. */

/** log Σ exp; -Infinity for weights that are all zero. */
export function logSumExp(values: Float64Array): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of values) if (value > largest) largest = value;
  if (!Number.isFinite(largest)) return largest;
  let sum = 0;
  for (const value of values) sum += Math.exp(value - largest);
  return largest + Math.log(sum);
}

/** Weights that sum to 1; infinite ones have no shares. */
export function normalised(logWeights: Float64Array): Float64Array {
  const total = logSumExp(logWeights);
  if (total === Number.POSITIVE_INFINITY) throw new Error("an infinite weight cannot be normalised");
  return logWeights.map((value) => Math.exp(value - total));
}

/** (Σ w)² / Σ w²: how many equally weighted draws the particles are worth. */
export function effectiveSizeOf(weights: Float64Array): number {
  let sum = 0;
  let squares = 0;
  for (const weight of weights) {
    sum += weight;
    squares += weight * weight;
  }
  return squares === 0 ? 0 : (sum * sum) / squares;
}

/**
 * `count` indices in proportion to weights that sum to 1, from one uniform draw: each index comes floor or ceil of
 * `count · w` times (Kitagawa 1996).
 */
export function systematic(weights: Float64Array, count: number, uniform: number): Int32Array {
  const chosen = new Int32Array(count);
  let index = 0;
  let reached = weights[0]!;
  for (let k = 0; k < count; k++) {
    const position = (k + uniform) / count;
    while (position >= reached && index < weights.length - 1) reached += weights[++index]!;
    chosen[k] = index;
  }
  return chosen;
}
