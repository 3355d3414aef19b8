/**
 * Row weights for `balance = parents`: a function of the parents alone, so the conditional that is fitted stays the
 * same (covariate shift), while rare values of the parents are drawn more often. Each scalar parent's density is
 * estimated by a histogram; a row's weight is the inverse of its rarest parent's density, tempered by a square root and
 * capped.
 */
import { failure } from "../../../diagnostics/diagnostic.js";
import type { Rows } from "../../tensors/core/rows.js";

const bins = 50;
/** Largest weight relative to the average row's. */
const cap = 10;

/** Weights of mean 1. Throws where no parent is a scalar. */
export function balancedWeights(parents: readonly Rows[], indices: Int32Array): Float64Array {
  const scalars = parents.filter((parent) => parent.size === 1);
  if (scalars.length === 0)
    throw failure(
      "7031",
      "run",
      "`balance = parents` needs a parent that is a number: rows are weighted by how rare their parents' values are",
      "Leave the option out of the `fit` statement.",
    );
  const weights = new Float64Array(indices.length);
  for (const parent of scalars) {
    const inverse = inverseDensities(parent, indices);
    for (let k = 0; k < weights.length; k++) weights[k] = Math.max(weights[k]!, inverse[k]!);
  }
  return normaliseAndCap(weights);
}

/** For each row, the square root of (uniform density / histogram density) over the parent's range. */
function inverseDensities(parent: Rows, indices: Int32Array): Float64Array {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const index of indices) {
    low = Math.min(low, parent.data[index]!);
    high = Math.max(high, parent.data[index]!);
  }
  const binOf = (index: number) =>
    Math.min(Math.floor(((parent.data[index]! - low) / (high - low || 1)) * bins), bins - 1);
  const counts = new Float64Array(bins);
  for (const index of indices) counts[binOf(index)]!++;
  return Float64Array.from(indices, (index) => Math.sqrt(indices.length / (bins * counts[binOf(index)]!)));
}

/** min(c · weight, cap) with c such that the mean is 1; the mean rises with c, so bisection finds it. */
function normaliseAndCap(weights: Float64Array): Float64Array {
  const capped = (c: number) => weights.map((weight) => Math.min(c * weight, cap));
  const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  let [low, high] = [0, cap / weights.reduce((least, weight) => Math.min(least, weight))];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (mean(capped(middle)) < 1) low = middle;
    else high = middle;
  }
  return capped(high);
}

/**
 * How often each row is drawn, relative to the mean: in proportion to its sampling weight, and to its balancing weight
 * where there is one. Null where all rows are drawn alike.
 */
export function drawWeights(sampling: Float64Array | undefined, balancing: Float64Array | null): Float64Array | null {
  if (!sampling) return balancing;
  const product = balancing ? sampling.map((weight, row) => weight * balancing[row]!) : sampling;
  const mean = product.reduce((sum, weight) => sum + weight, 0) / product.length;
  return product.map((weight) => weight / mean);
}

/** Draws an epoch of row positions: a random permutation, or with weights a systematic sample in random order. */
export function epochOrder(
  count: number,
  weights: Float64Array | null,
  permutation: Int32Array,
  offset: number,
): Int32Array {
  if (!weights) return permutation;
  const chosen = new Int32Array(count);
  let taken = 0;
  let cumulative = 0;
  for (let k = 0; k < count; k++) {
    cumulative += weights[k]!;
    while (taken < count && taken + offset < cumulative) chosen[taken++] = k;
  }
  while (taken < count) chosen[taken++] = count - 1;
  return permutation.map((position) => chosen[position]!);
}
