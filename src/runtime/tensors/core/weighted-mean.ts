/** Means over rows that may have sampling weights. */

export interface MeanOfRows {
  readonly mean: number;
  readonly standardError: number;
}

/**
 * Σ w x / Σ w, and its standard error by linearisation, sqrt(n/(n − 1) Σ w² (x − mean)²) / Σ w, which is sd/√n for
 * equal weights (Cochran 1977, §6; rows drawn independently). Without rows the mean is 0.
 */
export function meanOfRows(values: ArrayLike<number>, weights?: ArrayLike<number>): MeanOfRows {
  const count = values.length;
  if (count === 0) return { mean: 0, standardError: 0 };
  let total = 0;
  let sum = 0;
  for (let row = 0; row < count; row++) {
    const weight = weights ? weights[row]! : 1;
    total += weight;
    sum += weight * values[row]!;
  }
  const mean = sum / total;
  let squares = 0;
  for (let row = 0; row < count; row++) squares += ((weights ? weights[row]! : 1) * (values[row]! - mean)) ** 2;
  return { mean, standardError: Math.sqrt((squares * count) / Math.max(1, count - 1)) / total };
}
