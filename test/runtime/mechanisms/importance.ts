/** Means over draws from a proposal, weighted by density over proposal, and the error that they may have. */
import { expect } from "chai";
import { normalBound } from "../tensors/random/kolmogorov-smirnov.js";

/**
 * The weighted mean of f is 1, or `level` within its own error and that of a sample's quantile of that level (false
 * alarms 1e-6). A heavy weight that no draw has seen would hide in the error: the estimate itself has to be precise.
 */
export function expectMean(
  weights: Float64Array,
  f: (row: number) => number,
  level: number | null,
  what: string,
  precision = 0.03,
): void {
  const rows = weights.length;
  let sum = 0;
  let squares = 0;
  weights.forEach((weight, row) => {
    sum += weight * f(row);
    squares += (weight * f(row)) ** 2;
  });
  const mean = sum / rows;
  const variance = squares / rows - mean ** 2 + (level === null ? 0 : level * (1 - level));
  const error = Math.sqrt(variance / rows);
  expect(error, `${what}: precision`).to.be.lessThan(precision);
  expect(Math.abs(mean - (level ?? 1)), what).to.be.lessThan(normalBound * error);
}
