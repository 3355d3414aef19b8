/**
 * Variables as a fitted model sees them: a bound domain, a size per row, and the frozen constants that normalise the
 * variable for its own mechanism and for its children. The constants are computed once, on the unweighted training
 * rows, and are part of the children's cache keys (DESIGN §3, Domains).
 *
 * A value travels through programs as `[batch, size]`, in the variable's own unit: size 1 for a scalar, h·w·c for an
 * image (row-major `[h, w, c]`, grey levels 0..255), 1 for a class (its code).
 */
import { assertNever } from "../diagnostics/assert-never.js";
import { failure } from "../diagnostics/diagnostic.js";
import type { Domain } from "../model/schema-types.js";
import * as tf from "./engine/tfjs.js";

/** Constants of one variable; which ones exist follows from the domain. */
export interface Normalisation {
  /** Mean and standard deviation in unconstrained space (log of a positive, logit of an interval's position). */
  readonly mean: number;
  readonly sd: number;
  /** Smallest and largest training value, in the variable's own unit. */
  readonly low: number;
  readonly high: number;
}

export interface BoundVariable {
  readonly name: string;
  readonly domain: Domain;
  /** Null for images and classes, whose scaling is fixed. */
  readonly normalisation: Normalisation | null;
}

/** The value of a number that had no other in training; its mechanism is a point mass there. */
export function constantOf({ domain, normalisation }: BoundVariable): number | null {
  const isNumber = domain.kind === "real" || domain.kind === "positive" || domain.kind === "interval";
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

/** Columns that a child sees: one per scalar, one per class, one per element otherwise. */
export function encodedSizeOf(domain: Domain): number {
  return domain.kind === "categorical" || domain.kind === "ordinal" ? domain.size : sizeOf(domain);
}

/** The number of classes that a variable's values are codes of; 0 where values are numbers. */
export function classesOf(domain: Domain): number {
  if (domain.kind === "binary") return 2;
  return domain.kind === "categorical" || domain.kind === "ordinal" ? domain.size : 0;
}

/**
 * How a child sees a parent's value `[batch, size]`: a real standardised, a positive as its standardised log, an interval
 * affinely by the training minimum and range (never through the logit, never clipped), classes one-hot, images over 255.
 */
export function encodeForChildren(variable: BoundVariable, value: tf.Tensor): tf.Tensor {
  const { domain, normalisation } = variable;
  switch (domain.kind) {
    case "real":
    case "count":
    case "vector":
      return standardise(value, required(variable, normalisation));
    case "positive":
      return standardise(tf.log(tf.maximum(value, smallest)), required(variable, normalisation));
    case "interval": {
      const { low, high } = required(variable, normalisation);
      return tf.div(tf.sub(value, low), Math.max(high - low, 1e-12));
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

/** The domain's bijector to the real line, without normalisation: identity, log, or logit of the position. */
export function toUnconstrained(domain: Domain, value: tf.Tensor): tf.Tensor {
  switch (domain.kind) {
    case "real":
      return value;
    case "positive":
      return tf.log(tf.maximum(value, smallest));
    case "interval": {
      const position = tf.clipByValue(tf.div(tf.sub(value, domain.low), domain.high - domain.low), edge, 1 - edge);
      return tf.sub(tf.log(position), tf.log(tf.sub(1, position)));
    }
    default:
      throw failure("7011", "model", `a domain of kind ${domain.kind} has no bijector to the real line`);
  }
}

/** The inverse of `toUnconstrained`. */
export function fromUnconstrained(domain: Domain, real: tf.Tensor): tf.Tensor {
  switch (domain.kind) {
    case "real":
      return real;
    case "positive":
      return tf.exp(real);
    case "interval":
      return tf.add(tf.mul(tf.sigmoid(real), domain.high - domain.low), domain.low);
    default:
      throw failure("7011", "model", `a domain of kind ${domain.kind} has no bijector to the real line`);
  }
}

/** log|d unconstrained / d value|, from the unconstrained image, where it is stable: `[batch, 1]`. */
export function logDerivativeToUnconstrained(domain: Domain, real: tf.Tensor): tf.Tensor {
  switch (domain.kind) {
    case "real":
      return tf.zerosLike(real);
    case "positive":
      return tf.neg(real);
    case "interval":
      // d logit(p)/dp = 1/(p (1 - p)), with log p = -softplus(-y) and log(1 - p) = -softplus(y).
      return tf.sub(tf.add(tf.softplus(real), tf.softplus(tf.neg(real))), Math.log(domain.high - domain.low));
    default:
      throw failure("7011", "model", `a domain of kind ${domain.kind} has no bijector to the real line`);
  }
}

export function standardise(value: tf.Tensor, { mean, sd }: Normalisation): tf.Tensor {
  return tf.div(tf.sub(value, mean), sd);
}

/** Normalisation from training values (float64, own unit), or null where the domain's scaling is fixed. */
export function normalisationOf(domain: Domain, values: Float64Array | Float32Array): Normalisation | null {
  if (domain.kind === "image" || domain.kind === "binary" || domain.kind === "categorical" || domain.kind === "ordinal")
    return null;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let mean = 0;
  let squares = 0;
  let count = 0;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
    const real = unconstrainedNumber(domain, value);
    count++;
    const delta = real - mean;
    mean += delta / count;
    squares += delta * (real - mean);
  }
  const sd = Math.sqrt(squares / Math.max(count - 1, 1));
  return { mean, sd: sd > 0 ? sd : 1, low, high };
}

function unconstrainedNumber(domain: Domain, value: number): number {
  if (domain.kind === "positive") return Math.log(Math.max(value, smallest));
  if (domain.kind !== "interval") return value;
  const position = Math.min(Math.max((value - domain.low) / (domain.high - domain.low), edge), 1 - edge);
  return Math.log(position) - Math.log1p(-position);
}

function required(variable: BoundVariable, normalisation: Normalisation | null): Normalisation {
  if (normalisation) return normalisation;
  throw failure("7012", "model", `\`${variable.name}\` has no normalisation constants`, "Fit the model again.");
}
