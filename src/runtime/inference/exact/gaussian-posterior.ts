/**
 * The posterior of independent standard normal noises ε given linear equations a_j · ε = r_j: normal, with
 * mean A'(AA')⁻¹ r and covariance I - A'(AA')⁻¹A. Double precision; A has a row for each observed variable.
 */
import type { AffineForm } from "./affine-form.js";

export interface Equation {
  readonly variable: string;
  /** The observed coordinate's form, and its value. */
  readonly form: AffineForm;
  readonly value: number;
  /** log|d coordinate / d value|, which turns the coordinate's density into the variable's. */
  readonly logDerivative: number;
}

export interface NormalPosterior {
  readonly mean: Float64Array;
  /** a · Cov · b of two forms. */
  covariance(left: AffineForm, right: AffineForm): number;
  /** The mean of a form. */
  expectation(form: AffineForm): number;
  /** A draw of ε from one of the prior (Matheron's rule): ε + A'(AA')⁻¹(r - Aε). */
  draw(prior: ArrayLike<number>): Float64Array;
  /** log p of what is observed, in nats per unit of each variable. */
  readonly logEvidence: number;
}

/** The first equation that the earlier ones determine already, so that its noises have no say in it. */
export class DependentEvidence extends Error {
  constructor(readonly variable: string) {
    super(`the evidence on ${variable} follows from the rest`);
  }
}

export function normalPosterior(dimension: number, equations: readonly Equation[]): NormalPosterior {
  const count = equations.length;
  const factor = choleskyOf(equations);
  const residuals = Float64Array.from(equations, ({ form, value }) => value - form.constant);
  const weights = solve(factor, residuals);
  const mean = combine(dimension, equations, weights);
  const whitened = forward(factor, residuals);
  let logEvidence = -0.5 * count * Math.log(2 * Math.PI);
  for (let j = 0; j < count; j++)
    logEvidence += equations[j]!.logDerivative - Math.log(factor[j]![j]!) - 0.5 * whitened[j]! ** 2;
  const projected = (form: AffineForm) =>
    forward(
      factor,
      Float64Array.from(equations, (equation) => dot(equation.form, form)),
    );
  return {
    mean,
    logEvidence,
    expectation: (form) => form.constant + along(form, mean),
    covariance(left, right) {
      const [a, b] = [projected(left), projected(right)];
      let known = 0;
      for (let j = 0; j < count; j++) known += a[j]! * b[j]!;
      const total = dot(left, right) - known;
      return left === right ? Math.max(0, total) : total;
    },
    draw(prior) {
      const open = Float64Array.from(residuals, (residual, j) => residual - along(equations[j]!.form, prior));
      const correction = combine(dimension, equations, solve(factor, open));
      return correction.map((value, index) => value + prior[index]!);
    },
  };
}

/** a · values; noises that came later, with an intervention, have mean 0. */
export function along({ coefficients }: AffineForm, values: ArrayLike<number>): number {
  let sum = 0;
  for (const [index, coefficient] of coefficients) sum += coefficient * (values[index] ?? 0);
  return sum;
}

function dot({ coefficients }: AffineForm, other: AffineForm): number {
  let sum = 0;
  for (const [index, coefficient] of coefficients) sum += coefficient * (other.coefficients.get(index) ?? 0);
  return sum;
}

/** Σ_j w_j a_j */
function combine(dimension: number, equations: readonly Equation[], weights: Float64Array): Float64Array {
  const sum = new Float64Array(dimension);
  equations.forEach(({ form }, j) => {
    for (const [index, coefficient] of form.coefficients) sum[index]! += weights[j]! * coefficient;
  });
  return sum;
}

/** What remains of a variance below this share of it is rounding. */
export const smallestShare = 1e-13;

/** The lower factor of AA', row by row. */
function choleskyOf(equations: readonly Equation[]): Float64Array[] {
  const rows: Float64Array[] = [];
  equations.forEach(({ form, variable }, i) => {
    const row = new Float64Array(i + 1);
    for (let j = 0; j <= i; j++) {
      let sum = dot(form, equations[j]!.form);
      const other = j === i ? row : rows[j]!;
      for (let k = 0; k < j; k++) sum -= row[k]! * other[k]!;
      if (j < i) row[j] = sum / other[j]!;
      else if (sum <= smallestShare * dot(form, form)) throw new DependentEvidence(variable);
      else row[j] = Math.sqrt(sum);
    }
    rows.push(row);
  });
  return rows;
}

function forward(factor: readonly Float64Array[], right: Float64Array): Float64Array {
  const solved = new Float64Array(right.length);
  for (let i = 0; i < right.length; i++) {
    let sum = right[i]!;
    for (let k = 0; k < i; k++) sum -= factor[i]![k]! * solved[k]!;
    solved[i] = sum / factor[i]![i]!;
  }
  return solved;
}

/** (LL')⁻¹ right */
function solve(factor: readonly Float64Array[], right: Float64Array): Float64Array {
  const half = forward(factor, right);
  const solved = new Float64Array(right.length);
  for (let i = right.length - 1; i >= 0; i--) {
    let sum = half[i]!;
    for (let k = i + 1; k < right.length; k++) sum -= factor[k]![i]! * solved[k]!;
    solved[i] = sum / factor[i]![i]!;
  }
  return solved;
}
