/**
 * Variables as a fitted model sees them: a bound domain, a size per row, and the frozen constants that normalise the
 * variable for its own mechanism and for its children. The constants are computed once, on the unweighted training
 * rows, and are part of the children's cache keys (DESIGN §3, Domains).
 *
 * A value travels through programs as `[batch, size]`, in the variable's own unit less its origin: size 1 for a scalar,
 * h·w·c for an image (row-major `[h, w, c]`, grey levels 0..255), 1 for a class (its code). The origin is 0 but for
 * scalars whose mean is large beside their spread (`model/origin.ts`); it is taken off in double precision, before a
 * value becomes single.
 */

import { hasOrigin, originOfValues } from "../../../algebra/origin.js";
import { continuousPartOf, hasPointMass, pointMassesOf } from "../../../algebra/point-masses.js";
import { assertNever } from "../../../diagnostics/assert-never.js";
import { failure } from "../../../diagnostics/diagnostic.js";
import type { Domain } from "../../../schema/types.js";
import * as tf from "../../tensors/core/tfjs.js";

/** Constants of one variable, all about its origin; which ones exist follows from the domain. */
export interface Normalisation {
  /**
   * Mean and standard deviation in unconstrained space (log of a positive, logit of an interval's position), the mean
   * less the origin's image there.
   */
  readonly mean: number;
  readonly sd: number;
  /** Smallest and largest training value, in the variable's own unit, less the origin. */
  readonly low: number;
  readonly high: number;
}

export interface BoundVariable {
  readonly name: string;
  readonly domain: Domain;
  /** Null for images and classes, whose scaling is fixed. */
  readonly normalisation: Normalisation | null;
  /** What programs take off every value, in the variable's own unit; 0 where it is left out. */
  readonly origin?: number;
}

export const originOfVariable = (variable: Pick<BoundVariable, "origin"> | undefined): number => variable?.origin ?? 0;

const numbers: ReadonlySet<Domain["kind"]> = new Set(["real", "positive", "nonnegative", "interval"] as const);

/** The value, less its origin, of a number that had no other in training; its mechanism is a point mass there. */
export function constantOf({ domain, normalisation }: BoundVariable): number | null {
  const isNumber = numbers.has(domain.kind);
  return isNumber && normalisation && normalisation.low === normalisation.high ? normalisation.low : null;
}

/** Logits and logs are clamped to these float32 limits, so that a value on an interval's edge keeps a finite image. */
const smallest = 2 ** -126;
/** The same distance from both edges: a value on either of them, which is legal, is then as far out as on the other. */
const edge = 2 ** -23;

/** Elements per row. */
export function sizeOf(domain: Domain): number {
  switch (domain.kind) {
    case "real":
    case "positive":
    case "nonnegative":
    case "interval":
    case "binary":
    case "categorical":
    case "ordinal":
    case "count":
      return 1;
    case "vector":
      return domain.size;
    case "image":
      if (domain.height === null || domain.width === null)
        throw failure("7010", "model", "an image's size is not bound yet", "Bind the model to data first.");
      return domain.height * domain.width * domain.channels;
    default:
      return assertNever(domain);
  }
}

/** Columns that a child sees: one per scalar and per point mass of it, one per class, one per element otherwise. */
export function encodedSizeOf(domain: Domain): number {
  if (domain.kind === "categorical" || domain.kind === "ordinal") return domain.size;
  return sizeOf(domain) + pointMassesOf(domain).length;
}

/** The number of classes that a variable's values are codes of; 0 where values are numbers. */
export function classesOf(domain: Domain): number {
  if (domain.kind === "binary") return 2;
  return domain.kind === "categorical" || domain.kind === "ordinal" ? domain.size : 0;
}

/**
 * How a child sees a parent's value `[batch, size]`: a real standardised, a positive as its standardised log, an
 * interval affinely by the training minimum and range (never through the logit, never clipped), classes one-hot, images
 * over 255. Each point mass has an indicator before that; the logarithm at 0 is taken for 0.
 */
export function encodeForChildren(variable: BoundVariable, value: tf.Tensor): tf.Tensor {
  const { domain, normalisation } = variable;
  switch (domain.kind) {
    case "real":
    case "count":
    case "vector":
      return standardise(value, required(variable, normalisation));
    case "positive":
      return standardise(toUnconstrained(variable, value), required(variable, normalisation));
    case "nonnegative": {
      const log = standardise(tf.log(tf.maximum(value, smallest)), required(variable, normalisation));
      const isZero = massIndicators(domain, value);
      return tf.concat([isZero, tf.mul(log, tf.sub(1, isZero))], 1);
    }
    case "interval": {
      const { low, high } = required(variable, normalisation);
      const position = tf.div(tf.sub(value, low), rangeOf(low, high));
      return hasPointMass(domain) ? tf.concat([massIndicators(domain, value), position], 1) : position;
    }
    case "binary":
      return tf.sub(tf.mul(value, 2), 1);
    case "categorical":
    case "ordinal":
      return tf.cast(tf.oneHot(tf.cast(tf.reshape(value, [-1]), "int32"), domain.size), "float32");
    case "image":
      return tf.div(value, 255);
    default:
      return assertNever(domain);
  }
}

/** Which point mass a value `[batch, 1]` is at, `[batch, point masses]`: 1 there, 0 elsewhere. */
export function massIndicators(domain: Domain, value: tf.Tensor): tf.Tensor {
  const each = pointMassesOf(domain).map((mass) => tf.cast(tf.equal(value, mass), "float32"));
  return each.length === 1 ? each[0]! : tf.concat(each, 1);
}

/** The width of a training range, never 0. */
export const rangeOf = (low: number, high: number): number => (high > low ? high - low : 1e-12);

type Placed = Pick<BoundVariable, "domain" | "origin">;

/**
 * The domain's bijector to the real line, without normalisation: identity, log, or logit of the position. With an
 * origin o, the value is x - o and its image the difference u(x) - u(o), computed without taking u(x) and u(o)
 * themselves.
 */
export function toUnconstrained(variable: Placed, value: tf.Tensor): tf.Tensor {
  const { domain } = variable;
  const origin = originOfVariable(variable);
  switch (domain.kind) {
    case "real":
      return value;
    case "positive":
      // log x - log o = log(1 + (x - o)/o)
      return origin === 0
        ? tf.log(tf.maximum(value, smallest))
        : tf.log1p(tf.maximum(tf.div(value, origin), edge / 2 - 1));
    case "interval": {
      const width = domain.high - domain.low;
      if (origin === 0) {
        const position = tf.clipByValue(tf.div(tf.sub(value, domain.low), width), edge, 1 - edge);
        return tf.sub(tf.log(position), tf.log(tf.sub(1, position)));
      }
      // logit(p + δ) - logit(p) = log(1 + δ/p) - log(1 - δ/(1 - p))
      const p = (origin - domain.low) / width;
      const step = tf.clipByValue(tf.div(value, width), edge - p, 1 - edge - p);
      return tf.sub(tf.log1p(tf.div(step, p)), tf.log1p(tf.div(step, p - 1)));
    }
    default:
      throw failure("7011", "model", `a domain of kind ${domain.kind} has no bijector to the real line`);
  }
}

/** exp of more than this would overflow single precision. */
const largestExponent = 80;

/** The inverse of `toUnconstrained`. */
export function fromUnconstrained(variable: Placed, real: tf.Tensor): tf.Tensor {
  const { domain } = variable;
  const origin = originOfVariable(variable);
  switch (domain.kind) {
    case "real":
      return real;
    case "positive":
      return origin === 0 ? tf.exp(real) : tf.mul(tf.expm1(real), origin);
    case "interval": {
      const width = domain.high - domain.low;
      if (origin === 0) return tf.add(tf.mul(tf.sigmoid(real), width), domain.low);
      // sigmoid(logit(p) + u) - p = p (1 - p) E/(1 + p E), with E = e^u - 1
      const p = (origin - domain.low) / width;
      const change = tf.expm1(tf.minimum(real, largestExponent));
      return tf.div(tf.mul(change, p * (1 - p) * width), tf.add(tf.mul(change, p), 1));
    }
    default:
      throw failure("7011", "model", `a domain of kind ${domain.kind} has no bijector to the real line`);
  }
}

/** log|d unconstrained / d value|, from the unconstrained image, where it is stable: `[batch, 1]`. */
export function logDerivativeToUnconstrained(variable: Placed, real: tf.Tensor): tf.Tensor {
  const { domain } = variable;
  const shift = unconstrainedOrigin(variable);
  const whole = shift === 0 ? real : tf.add(real, shift);
  switch (domain.kind) {
    case "real":
      return tf.zerosLike(real);
    case "positive":
      return tf.neg(whole);
    case "interval":
      // d logit(p)/dp = 1/(p (1 - p)), with log p = -softplus(-y) and log(1 - p) = -softplus(y).
      return tf.sub(tf.add(tf.softplus(whole), tf.softplus(tf.neg(whole))), Math.log(domain.high - domain.low));
    default:
      throw failure("7011", "model", `a domain of kind ${domain.kind} has no bijector to the real line`);
  }
}

/** The origin's image on the real line; 0 where there is no origin. */
export function unconstrainedOrigin(variable: Placed): number {
  const origin = originOfVariable(variable);
  return origin === 0 ? 0 : unconstrainedNumber(variable.domain, origin);
}

/** The constants without the origin, in double precision: what closed forms compute with. */
export function wholeNormalisation(variable: BoundVariable): Normalisation | null {
  const { normalisation } = variable;
  const origin = originOfVariable(variable);
  if (normalisation === null || origin === 0) return normalisation;
  const { mean, sd, low, high } = normalisation;
  return { mean: mean + unconstrainedOrigin(variable), sd, low: low + origin, high: high + origin };
}

export function standardise(value: tf.Tensor, { mean, sd }: Normalisation): tf.Tensor {
  return tf.div(tf.sub(value, mean), sd);
}

/**
 * Normalisation from training values (float64, own unit), or null where the domain's scaling is fixed. Values at point
 * masses count for the range alone: mean and standard deviation are those of the part that has a density.
 */
export function normalisationOf(domain: Domain, values: Float64Array | Float32Array, origin = 0): Normalisation | null {
  if (domain.kind === "image" || domain.kind === "binary" || domain.kind === "categorical" || domain.kind === "ordinal")
    return null;
  const shift = origin === 0 ? 0 : unconstrainedNumber(domain, origin);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let mean = 0;
  let squares = 0;
  let count = 0;
  const masses = pointMassesOf(domain).map(Math.fround);
  const continuous = continuousPartOf(domain);
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
    // Values are compared in single precision, as programs see them.
    if (masses.includes(Math.fround(value))) continue;
    const real = unconstrainedNumber(continuous, value) - shift;
    count++;
    const delta = real - mean;
    mean += delta / count;
    squares += delta * (real - mean);
  }
  const sd = Math.sqrt(squares / Math.max(count - 1, 1));
  return { mean, sd: sd > 0 ? sd : 1, low: low - origin, high: high - origin };
}

/** A variable of these training values, with its origin and the constants about it. */
export function boundVariable(name: string, domain: Domain, values: Float64Array | Float32Array): BoundVariable {
  const origin = hasOrigin(domain) ? originOfValues(values) : 0;
  return { name, domain, normalisation: normalisationOf(domain, values, origin), ...(origin === 0 ? {} : { origin }) };
}

/** `toUnconstrained` of one number, in double precision. */
export function unconstrainedNumber(domain: Domain, value: number): number {
  if (domain.kind === "positive") return Math.log(Math.max(value, smallest));
  if (domain.kind !== "interval") return value;
  const position = Math.min(Math.max((value - domain.low) / (domain.high - domain.low), edge), 1 - edge);
  return Math.log(position) - Math.log1p(-position);
}

function required(variable: BoundVariable, normalisation: Normalisation | null): Normalisation {
  if (normalisation) return normalisation;
  throw failure("7012", "model", `\`${variable.name}\` has no normalisation constants`, "Fit the model again.");
}
