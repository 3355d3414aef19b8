/**
 * Multinomial logistic regression by Newton's method, on the basis of a design; the most frequent class has predictor
 * 0. Where the parents separate the classes, no maximum exists (Albert & Anderson 1984), and pseudo-rows at the overall
 * shares, one for each coefficient, are spread over the rows (Clogg et al. 1991).
 */
import type { Design } from "./design.js";
import { type Evaluation, newton } from "./newton.js";

export interface ClassFit {
  /** Of each class, on the basis; of the classes without rows, the mean of the others'. */
  readonly coefficients: readonly Float64Array[];
  /** Of each class, at the mean of the parents. */
  readonly intercepts: Float64Array;
  /** Mean negative log-likelihood, nats a row. */
  readonly loss: number;
  readonly steps: number;
  readonly converged: boolean;
  /** Places in the basis along which the likelihood has no maximum, and pseudo-rows that were added for it. */
  readonly separated: readonly number[];
  readonly pseudoRows: number;
  readonly absent: readonly number[];
}

/** A class without rows is given this many. */
export const rowsOfAbsentClass = 0.5;
/**
 * Squared standard errors, in the predictor's change for one standard deviation of a column. No estimate that exists is
 * as uncertain.
 */
const hopelessVariance = 1e4;

/** `counts` are `[rows, classes]`, weights included. */
export function fitClasses(design: Design, counts: Float64Array, classes: number): ClassFit {
  const { basis } = design;
  const totals = new Float64Array(classes);
  for (let k = 0; k < counts.length; k++) totals[k % classes]! += counts[k]!;
  const present = [...totals.keys()].filter((k) => totals[k]! > 0).sort((a, b) => totals[b]! - totals[a]!);
  const absent = [...totals.keys()].filter((k) => totals[k] === 0);
  const columns = basis.length + 1;
  const start = new Float64Array((present.length - 1) * columns);
  for (let k = 1; k < present.length; k++)
    start[(k - 1) * columns] = Math.log(totals[present[k]!]! / totals[present[0]!]!);
  const evaluateWith = (of: Float64Array) => (point: Float64Array) => softmaxLoss(design, of, classes, present, point);
  let separated: number[] = [];
  const isHopeless = (variances: Float64Array) => {
    separated = [...variances.keys()].filter((k) => k % columns > 0 && variances[k]! > hopelessVariance);
    return separated.length > 0;
  };
  let found = newton(evaluateWith(counts), start, isHopeless);
  let pseudoRows = 0;
  const places = [...new Set(separated.map((k) => (k % columns) - 1))];
  if (places.length > 0) {
    pseudoRows = columns;
    const share = pseudoRows / design.total;
    const more = counts.map(
      (count, k) => count + (share * design.weights[Math.floor(k / classes)]! * totals[k % classes]!) / design.total,
    );
    found = newton(evaluateWith(more), start);
  }
  const intercepts = new Float64Array(classes);
  const coefficients = Array.from({ length: classes }, () => new Float64Array(basis.length));
  for (let k = 1; k < present.length; k++) {
    intercepts[present[k]!] = found.point[(k - 1) * columns]!;
    coefficients[present[k]!]!.set(found.point.subarray((k - 1) * columns + 1, k * columns));
  }
  if (absent.length > 0) placeAbsent(absent, totals, design.total, intercepts, coefficients);
  const loss = pseudoRows > 0 ? evaluateWith(counts)(found.point).loss : found.loss;
  return {
    coefficients,
    intercepts,
    loss: loss / design.total,
    steps: found.steps,
    converged: found.converged,
    separated: places,
    pseudoRows,
    absent,
  };
}

/** As likely as half a row, everywhere alike. */
function placeAbsent(
  absent: readonly number[],
  totals: Float64Array,
  total: number,
  intercepts: Float64Array,
  coefficients: readonly Float64Array[],
): void {
  const shares = totals.map((count) => count / total);
  const level = logSumExp(intercepts.filter((_, k) => shares[k]! > 0));
  const mean = coefficients[0]!.map((_, j) => coefficients.reduce((sum, own, k) => sum + shares[k]! * own[j]!, 0));
  for (const k of absent) {
    intercepts[k] = level + Math.log(rowsOfAbsentClass / total);
    coefficients[k]!.set(mean);
  }
}

function logSumExp(values: Float64Array): number {
  const largest = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}

function softmaxLoss(
  { rows, basis }: Design,
  counts: Float64Array,
  classes: number,
  present: readonly number[],
  point: Float64Array,
): Evaluation {
  const free = present.length - 1;
  const columns = basis.length + 1;
  const size = free * columns;
  const gradient = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  const x = new Float64Array(columns).fill(1);
  const eta = new Float64Array(free);
  const p = new Float64Array(free);
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    for (let j = 1; j < columns; j++) x[j] = basis[j - 1]![row]!;
    let largest = 0;
    let weight = counts[row * classes + present[0]!]!;
    for (let k = 0; k < free; k++) {
      let sum = 0;
      for (let j = 0; j < columns; j++) sum += point[k * columns + j]! * x[j]!;
      eta[k] = sum;
      largest = Math.max(largest, sum);
      weight += counts[row * classes + present[k + 1]!]!;
    }
    if (weight === 0) continue;
    let normaliser = Math.exp(-largest);
    for (let k = 0; k < free; k++) normaliser += Math.exp(eta[k]! - largest);
    const logNormaliser = largest + Math.log(normaliser);
    loss += weight * logNormaliser;
    for (let k = 0; k < free; k++) {
      const count = counts[row * classes + present[k + 1]!]!;
      loss -= count * eta[k]!;
      p[k] = Math.exp(eta[k]! - logNormaliser);
      const slope = weight * p[k]! - count;
      for (let j = 0; j < columns; j++) gradient[k * columns + j]! += slope * x[j]!;
      for (let l = 0; l <= k; l++) {
        const curvature = weight * (k === l ? p[k]! * (1 - p[k]!) : -p[k]! * p[l]!);
        for (let i = 0; i < columns; i++) {
          const scaled = curvature * x[i]!;
          const start = (k * columns + i) * size + l * columns;
          for (let j = 0; j < columns; j++) hessian[start + j]! += scaled * x[j]!;
        }
      }
    }
  }
  mirror(hessian, size);
  return { loss, gradient, hessian };
}

/** Copies the lower triangle to the upper one. */
export function mirror(matrix: Float64Array, size: number): void {
  for (let i = 0; i < size; i++) for (let j = i + 1; j < size; j++) matrix[i * size + j] = matrix[j * size + i]!;
}
