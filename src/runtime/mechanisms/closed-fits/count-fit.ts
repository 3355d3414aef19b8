/**
 * Poisson regression with a log link by Newton's method, on the basis of a design; pseudo-rows as in `class-fit.ts`
 * where no maximum exists.
 */
import { mirror } from "./class-fit.js";
import { type Design, weightedSum } from "./design.js";
import { type Evaluation, newton } from "./newton.js";

export interface CountFit {
  readonly coefficients: Float64Array;
  readonly intercept: number;
  /** Mean of λ - x log λ over the rows; log x! is not in it. */
  readonly loss: number;
  readonly steps: number;
  readonly converged: boolean;
  readonly separated: readonly number[];
  readonly pseudoRows: number;
}

const hopelessVariance = 1e4;
/** Counts that are all 0 stand for half a count in all rows. */
const leastCount = 0.5;

export function fitCounts(design: Design, y: Float64Array): CountFit {
  const { weights, total, basis } = design;
  const mean = Math.max(weightedSum(y, weights), leastCount) / total;
  const start = new Float64Array(basis.length + 1);
  start[0] = Math.log(mean);
  let separated: number[] = [];
  const isHopeless = (variances: Float64Array) => {
    separated = [...variances.keys()].filter((k) => k > 0 && variances[k]! > hopelessVariance).map((k) => k - 1);
    return separated.length > 0;
  };
  if (weightedSum(y, weights) === 0)
    return {
      coefficients: start.subarray(1),
      intercept: start[0]!,
      loss: mean,
      steps: 0,
      converged: true,
      separated: [],
      pseudoRows: 0,
    };
  const evaluate = (pseudoRows: number) => (point: Float64Array) =>
    poissonLoss(design, y, pseudoRows / total, mean, point);
  let pseudoRows = 0;
  let found = newton(evaluate(0), start, isHopeless);
  const places = separated;
  if (places.length > 0) {
    pseudoRows = basis.length + 1;
    found = newton(evaluate(pseudoRows), start);
  }
  const loss = evaluate(0)(found.point).loss / total;
  const { point, steps, converged } = found;
  return {
    coefficients: point.subarray(1),
    intercept: point[0]!,
    loss,
    steps,
    converged,
    separated: places,
    pseudoRows,
  };
}

/** Each row counts as 1 + `share` rows, of which `share` have the mean. */
function poissonLoss(
  { rows, basis, weights }: Design,
  y: Float64Array,
  share: number,
  mean: number,
  point: Float64Array,
): Evaluation {
  const size = basis.length + 1;
  const gradient = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  const x = new Float64Array(size).fill(1);
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    for (let j = 1; j < size; j++) x[j] = basis[j - 1]![row]!;
    let eta = 0;
    for (let j = 0; j < size; j++) eta += point[j]! * x[j]!;
    const rate = weights[row]! * (1 + share) * Math.exp(eta);
    const count = weights[row]! * (y[row]! + share * mean);
    loss += rate - count * eta;
    for (let i = 0; i < size; i++) {
      gradient[i]! += (rate - count) * x[i]!;
      for (let j = 0; j <= i; j++) hessian[i * size + j]! += rate * x[i]! * x[j]!;
    }
  }
  mirror(hessian, size);
  return { loss, gradient, hessian };
}
