/**
 * Cumulative logits by Newton's method: P(x < j) = s(c_j - η), η on the basis of a design. The likelihood is concave in
 * cut points and coefficients (Pratt 1981); levels without rows and separated ones as in `class-fit.ts`.
 */
import { mirror, rowsOfAbsentClass } from "./class-fit.js";
import type { Design } from "./design.js";
import { type Evaluation, newton } from "./newton.js";

export interface OrdinalFit {
  readonly coefficients: Float64Array;
  /** Increasing, at the mean of the parents: `[classes - 1]`. */
  readonly cutPoints: Float64Array;
  readonly loss: number;
  readonly steps: number;
  readonly converged: boolean;
  readonly separated: readonly number[];
  readonly pseudoRows: number;
  readonly absent: readonly number[];
}

const hopelessVariance = 1e4;

/** `counts` are `[rows, classes]`, weights included. */
export function fitOrdinal(design: Design, counts: Float64Array, classes: number): OrdinalFit {
  const { basis, total, weights } = design;
  const totals = new Float64Array(classes);
  for (let k = 0; k < counts.length; k++) totals[k % classes]! += counts[k]!;
  const absent = [...totals.keys()].filter((k) => totals[k] === 0);
  // Half a row of each level without rows, at the mean of the parents, keeps the cut points apart.
  const central = totals.map((count) => (count === 0 ? rowsOfAbsentClass : 0));
  const smoothed = totals.map((count, k) => count + central[k]!);
  const all = smoothed.reduce((sum, count) => sum + count, 0);
  const cuts = classes - 1;
  const start = new Float64Array(cuts + basis.length);
  let below = 0;
  for (let j = 0; j < cuts; j++) {
    below += smoothed[j]!;
    start[j] = Math.log(below / (all - below));
  }
  let separated: number[] = [];
  const isHopeless = (variances: Float64Array) => {
    separated = [...variances.keys()].filter((k) => k >= cuts && variances[k]! > hopelessVariance).map((k) => k - cuts);
    return separated.length > 0;
  };
  const evaluateWith = (of: Float64Array, middle: Float64Array) => (point: Float64Array) =>
    cumulativeLoss(design, of, middle, classes, point);
  let found = newton(evaluateWith(counts, central), start, isHopeless);
  const places = separated;
  let pseudoRows = 0;
  if (places.length > 0) {
    pseudoRows = basis.length + 1;
    const share = pseudoRows / total;
    const more = counts.map(
      (count, k) => count + (share * weights[Math.floor(k / classes)]! * smoothed[k % classes]!) / all,
    );
    found = newton(evaluateWith(more, central), start);
  }
  const loss = evaluateWith(counts, new Float64Array(classes))(found.point).loss / total;
  return {
    coefficients: found.point.subarray(cuts),
    cutPoints: found.point.subarray(0, cuts),
    loss,
    steps: found.steps,
    converged: found.converged,
    separated: places,
    pseudoRows,
    absent,
  };
}

const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));

/** s(upper) - s(lower) without cancellation in the tails. */
function mass(lower: number, upper: number): number {
  return lower > 0 ? sigmoid(-lower) - sigmoid(-upper) : sigmoid(upper) - sigmoid(lower);
}

function cumulativeLoss(
  { rows, basis }: Design,
  counts: Float64Array,
  central: Float64Array,
  classes: number,
  point: Float64Array,
): Evaluation {
  const cuts = classes - 1;
  const size = point.length;
  const gradient = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  for (let j = 1; j < cuts; j++)
    if (!(point[j]! > point[j - 1]!)) return { loss: Number.POSITIVE_INFINITY, gradient, hessian };
  const x = new Float64Array(basis.length);
  let loss = 0;
  const add = (count: number, k: number, eta: number) => {
    if (count === 0) return;
    const upper = k < cuts ? point[k]! - eta : Number.POSITIVE_INFINITY;
    const lower = k > 0 ? point[k - 1]! - eta : Number.NEGATIVE_INFINITY;
    const p = mass(lower, upper);
    loss -= count * Math.log(p);
    const slopeOf = (edge: number) => (Number.isFinite(edge) ? sigmoid(edge) * sigmoid(-edge) : 0);
    const [fu, fl] = [slopeOf(upper) / p, slopeOf(lower) / p];
    // Derivatives of log p in the upper and lower edge.
    const bend = (edge: number, f: number) => (Number.isFinite(edge) ? f * (sigmoid(-edge) - sigmoid(edge)) : 0);
    const uu = bend(upper, fu) - fu * fu;
    const ll = -bend(lower, fl) - fl * fl;
    const ul = fu * fl;
    const [iu, il] = [k < cuts ? k : -1, k > 0 ? k - 1 : -1];
    if (iu >= 0) gradient[iu]! -= count * fu;
    if (il >= 0) gradient[il]! += count * fl;
    if (iu >= 0) hessian[iu * size + iu]! -= count * uu;
    if (il >= 0) hessian[il * size + il]! -= count * ll;
    if (iu >= 0 && il >= 0) hessian[iu * size + il]! -= count * ul;
    // η enters both edges with -1.
    const slope = -(fu - fl);
    const [crossUpper, crossLower, curvature] = [-(uu + ul), -(ll + ul), uu + 2 * ul + ll];
    for (let i = 0; i < x.length; i++) {
      const place = cuts + i;
      gradient[place]! -= count * slope * x[i]!;
      if (iu >= 0) hessian[place * size + iu]! -= count * crossUpper * x[i]!;
      if (il >= 0) hessian[place * size + il]! -= count * crossLower * x[i]!;
      for (let j = 0; j <= i; j++) hessian[place * size + cuts + j]! -= count * curvature * x[i]! * x[j]!;
    }
  };
  for (let row = 0; row < rows; row++) {
    let eta = 0;
    for (let j = 0; j < x.length; j++) {
      x[j] = basis[j]![row]!;
      eta += point[cuts + j]! * x[j]!;
    }
    for (let k = 0; k < classes; k++) add(counts[row * classes + k]!, k, eta);
  }
  x.fill(0);
  for (let k = 0; k < classes; k++) add(central[k]!, k, 0);
  mirror(hessian, size);
  return { loss, gradient, hessian };
}
