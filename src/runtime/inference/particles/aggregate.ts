/** What is told of a unit's particles: mean, standard deviation, quantiles; for classes their shares. */

import { classesOf } from "../../mechanisms/bound/variables.js";
import type { LoadedModel } from "../../mechanisms/loaded-model.js";

export interface Wanted {
  readonly sd: boolean;
  /** Levels between 0 and 1. */
  readonly quantiles: readonly number[];
}

/** Of one variable, `[units, size]` each. */
export interface Spread {
  readonly sd?: Float32Array;
  readonly quantiles: ReadonlyMap<number, Float32Array>;
}

export interface Aggregate {
  /** The mean over particles, `[units, size]`; of classes, the shares `[units, classes]`. */
  readonly mean: Float32Array;
  /** Undefined for classes, whose shares tell everything. */
  readonly spread?: Spread;
}

/** `values` is `[units * particles, size]`, units outermost. */
export function aggregate(
  loaded: LoadedModel,
  variable: string,
  values: Float32Array,
  units: number,
  particles: number,
  wanted: Wanted,
): Aggregate {
  const classes = classesOf(loaded.variables.get(variable)!.domain);
  if (classes > 0) return { mean: sharesOf(values, units, particles, classes) };
  const size = values.length / (units * particles);
  const mean = new Float32Array(units * size);
  const sd = new Float32Array(wanted.sd ? units * size : 0);
  const quantiles = new Map(wanted.quantiles.map((level) => [level, new Float32Array(units * size)]));
  const own = new Float64Array(particles);
  for (let unit = 0; unit < units; unit++)
    for (let element = 0; element < size; element++) {
      for (let k = 0; k < particles; k++) own[k] = values[(unit * particles + k) * size + element]!;
      const at = unit * size + element;
      const center = meanOf(own);
      mean[at] = center;
      if (wanted.sd) sd[at] = deviationOf(own, center);
      if (quantiles.size === 0) continue;
      own.sort();
      for (const [level, all] of quantiles) all[at] = interpolated(own, level);
    }
  return { mean, spread: { ...(wanted.sd ? { sd } : {}), quantiles } };
}

function sharesOf(values: Float32Array, units: number, particles: number, classes: number): Float32Array {
  const shares = new Float32Array(units * classes);
  for (let unit = 0; unit < units; unit++)
    for (let k = 0; k < particles; k++) shares[unit * classes + values[unit * particles + k]!]! += 1;
  // Whole numbers are exact in single precision up to 2^24; sums of 1 / particles are not.
  return shares.map((count) => count / particles);
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function deviationOf(values: Float64Array, mean: number): number {
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return Math.sqrt(squares / Math.max(1, values.length - 1));
}

/** The quantile of sorted values, linear between neighbours. */
export function interpolated(sorted: Float64Array, level: number): number {
  const position = level * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!);
}
