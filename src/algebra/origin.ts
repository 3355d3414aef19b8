/**
 * The origin of a quantity: the double that is subtracted from its values before they become single precision, and
 * added back afterwards. It is 0 for ordinary quantities. It is near the mean if the mean is so large beside the spread
 * that 24 bits would not hold the spread.
 */

import type { Domain, Noise } from "../schema/types.js";
import { hasPointMass } from "./point-masses.js";

/**
 * Above this ratio of mean to spread a quantity gets an origin; rounding to 24 bits stays below 2^-14 of the spread.
 */
export const largestRatio = 2 ** 10;

/** `spread` is a standard deviation; a constant has 0 and counts as having a spread of 1. */
export function originOf(mean: number, spread: number): number {
  if (!Number.isFinite(mean) || !Number.isFinite(spread)) return 0;
  if (Math.abs(mean) <= largestRatio * (spread > 0 ? spread : 1)) return 0;
  if (spread === 0) return mean;
  // The origin is a round number, so the usual constants of a program cancel against it without a remainder.
  const step = 2 ** Math.floor(Math.log2(spread));
  const rounded = Math.round(mean / step) * step;
  return Number.isFinite(rounded) ? rounded : mean;
}

const placed: ReadonlySet<Domain["kind"]> = new Set(["real", "positive", "interval"]);

/**
 * True for types that can have an origin. Classes, counts, vectors, images and types with point masses cannot:
 * computations take their values as they are.
 */
export const hasOrigin = (domain: Domain): boolean => placed.has(domain.kind) && !hasPointMass(domain);

/** The origin for these values; values that are not finite are left out. */
export function originOfValues(values: ArrayLike<number>): number {
  let mean = 0;
  let squares = 0;
  let count = 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    if (!Number.isFinite(value)) continue;
    count++;
    const delta = value - mean;
    mean += delta / count;
    squares += delta * (value - mean);
  }
  return count === 0 ? 0 : originOf(mean, Math.sqrt(squares / Math.max(count - 1, 1)));
}

type Family = { readonly centre: number; readonly spread: number; readonly shifted: (by: number) => number[] };

type FamilyOf = (first: number, second: number, third: number) => Family;

const located: FamilyOf = (loc, scale) => ({ centre: loc, spread: scale, shifted: (by) => [loc - by, scale] });

/**
 * The centre and standard deviation of each family that a location shifts, null for the others; the standard deviation
 * is right up to a small factor.
 */
const families: Readonly<Record<Noise["distribution"], FamilyOf | null>> = {
  normal: located,
  laplace: located,
  logistic: located,
  gumbel: located,
  uniform: (low, high) => ({
    centre: (low + high) / 2,
    spread: (high - low) / Math.sqrt(12),
    shifted: (by) => [low - by, high - by],
  }),
  student_t: (df, loc, scale) => ({ centre: loc, spread: scale, shifted: (by) => [df, loc - by, scale] }),
  gamma: null,
  exponential: null,
  beta: null,
  lognormal: null,
  bernoulli: null,
  categorical: null,
  mnist: null,
};

function familyOf({ distribution, parameters }: Noise): Family | undefined {
  const [first = 0, second = 0, third = 0] = parameters;
  return families[distribution]?.(first, second, third);
}

export function noiseOrigin(noise: Noise): number {
  const family = familyOf(noise);
  return family ? originOf(family.centre, family.spread) : 0;
}

/** The noise minus its origin; the same object if that is 0. */
export function centredNoise<Given extends Noise>(noise: Given): Given {
  const origin = noiseOrigin(noise);
  return origin === 0 ? noise : { ...noise, parameters: familyOf(noise)!.shifted(origin) };
}
