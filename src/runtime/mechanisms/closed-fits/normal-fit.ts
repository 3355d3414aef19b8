/** Weighted least squares with the maximum-likelihood standard deviation of what is left. */
import { type Design, weightedDot, weightedSum } from "./design.js";

export interface NormalFit {
  /** Of the basis. */
  readonly coefficients: Float64Array;
  readonly mean: number;
  readonly sd: number;
}

/** y = mean + Σ coefficients_k basis_k + sd ε; `rest`, which is y, becomes sd ε. */
export function leastSquares({ basis, weights, total }: Design, rest: Float64Array): NormalFit {
  const mean = weightedSum(rest, weights) / total;
  for (let row = 0; row < rest.length; row++) rest[row]! -= mean;
  const coefficients = new Float64Array(basis.length);
  for (let pass = 0; pass < 2; pass++)
    for (const [k, direction] of basis.entries()) {
      const share = weightedDot(direction, rest, weights) / total;
      coefficients[k]! += share;
      for (let row = 0; row < rest.length; row++) rest[row]! -= share * direction[row]!;
    }
  return { coefficients, mean, sd: Math.sqrt(weightedDot(rest, rest, weights) / total) };
}
