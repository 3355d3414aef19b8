/**
 * Newton's method with step halving for a convex negative log-likelihood. The distance to the minimum is measured in
 * standard errors, √(gᵀ H⁻¹ g), where H is the observed information.
 */

export interface Evaluation {
  /** In nats, over all rows. */
  readonly loss: number;
  readonly gradient: Float64Array;
  /** `[size, size]`, symmetric. */
  readonly hessian: Float64Array;
}

export interface Minimum {
  readonly point: Float64Array;
  readonly loss: number;
  readonly steps: number;
  readonly converged: boolean;
  /** The diagonal of H⁻¹: squared standard errors. */
  readonly variances: Float64Array;
}

const mostSteps = 200;
/** An early step may overshoot to where the information is small. */
const stepsBeforeDoubt = 15;
const mostHalvings = 60;
/** Relative error of a sum of losses over many rows; near the minimum it is larger than what a step gains. */
const roundingOfLoss = 1e-12;
/** In standard errors. */
const closeEnough = 1e-7;

/** `evaluate` gives an infinite loss outside the domain. */
export function newton(
  evaluate: (point: Float64Array) => Evaluation,
  start: Float64Array,
  isHopeless: (variances: Float64Array) => boolean = () => false,
): Minimum {
  let point = start;
  let at = evaluate(point);
  for (let steps = 0; ; steps++) {
    const factor = factorised(at.hessian, point.length);
    const direction = solve(factor, at.gradient);
    const decrement = dot(at.gradient, direction);
    const variances = inverseDiagonal(factor, point.length);
    const isClose = decrement < closeEnough ** 2;
    const end = { point, loss: at.loss, steps, variances };
    const isDoubtful = isClose || steps >= stepsBeforeDoubt;
    if ((isDoubtful && isHopeless(variances)) || isClose || steps === mostSteps) return { ...end, converged: isClose };
    const rounding = roundingOfLoss * Math.max(1, Math.abs(at.loss));
    let size = 1;
    let next = at;
    let there = point;
    for (let halving = 0; halving < mostHalvings; halving++, size /= 2) {
      there = point.map((value, k) => value - size * direction[k]!);
      next = evaluate(there);
      if (next.loss <= at.loss - 1e-4 * size * decrement + rounding) break;
    }
    if (!(next.loss <= at.loss + rounding))
      return { ...end, converged: decrement < 1e-9 * Math.max(1, Math.abs(at.loss)) };
    point = there;
    at = next;
  }
}

/** Lower Cholesky factor, of H with a little more on its diagonal where it is not positive definite. */
function factorised(hessian: Float64Array, size: number): Float64Array {
  let trace = 0;
  for (let k = 0; k < size; k++) trace += hessian[k * size + k]!;
  for (let ridge = 0; ; ridge = ridge === 0 ? 1e-14 * (trace / Math.max(size, 1)) + 1e-300 : ridge * 100) {
    const factor = cholesky(hessian, size, ridge);
    if (factor) return factor;
    if (!Number.isFinite(ridge)) throw new Error("the information matrix has entries that are not numbers");
  }
}

function cholesky(matrix: Float64Array, size: number, ridge: number): Float64Array | null {
  const factor = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j]! + (i === j ? ridge : 0);
      for (let k = 0; k < j; k++) sum -= factor[i * size + k]! * factor[j * size + k]!;
      if (i === j) {
        if (!(sum > 0)) return null;
        factor[i * size + i] = Math.sqrt(sum);
      } else factor[i * size + j] = sum / factor[j * size + j]!;
    }
  return factor;
}

function solve(factor: Float64Array, right: Float64Array): Float64Array {
  const size = right.length;
  const x = Float64Array.from(right);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) x[i]! -= factor[i * size + k]! * x[k]!;
    x[i]! /= factor[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) x[i]! -= factor[k * size + i]! * x[k]!;
    x[i]! /= factor[i * size + i]!;
  }
  return x;
}

function inverseDiagonal(factor: Float64Array, size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, k) => {
    const unit = new Float64Array(size);
    unit[k] = 1;
    return solve(factor, unit)[k]!;
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, k) => sum + value * b[k]!, 0);
}
