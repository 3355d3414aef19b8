/**
 * Log-densities that are -Infinity outside the support and have finite gradients everywhere. The formula is never applied
 * to a value outside: selecting afterwards would still send its NaN gradient back, since 0 × NaN is NaN.
 */
import * as tf from "../engine/tfjs.js";
import type { Support } from "./distribution.js";

/** `interior` is any value inside the support; `formula` is the log-density there. */
export function within(
  value: tf.Tensor,
  support: Extract<Support, { kind: "interval" }>,
  interior: number,
  formula: (inside: tf.Tensor) => tf.Tensor,
): tf.Tensor {
  const inside = isInside(value, support);
  const logDensity = formula(tf.where(inside, value, tf.fill(value.shape, interior)));
  return tf.where(inside, logDensity, tf.fill(value.shape, Number.NEGATIVE_INFINITY));
}

function isInside(value: tf.Tensor, { low, high, closed }: Extract<Support, { kind: "interval" }>): tf.Tensor {
  return condition(value, (x) => {
    // Infinite ends are open: infinite values, and NaN, are outside.
    const aboveLow = closed && Number.isFinite(low) ? tf.greaterEqual(x, low) : tf.greater(x, low);
    const belowHigh = closed && Number.isFinite(high) ? tf.lessEqual(x, high) : tf.less(x, high);
    return tf.logicalAnd(aboveLow, belowHigh);
  });
}

/** A truth about a value. It has no slope, but tfjs asks comparisons for one where they lie between a value and a result. */
export function condition(value: tf.Tensor, test: (value: tf.Tensor) => tf.Tensor): tf.Tensor {
  return tf.customGrad((x) => ({
    value: test(x as tf.Tensor),
    gradFunc: (slope: tf.Tensor) => tf.zerosLike(slope),
  }))(value);
}

/** The logarithm of the mass on 0, 1, …, k - 1; anything else has none. */
export function logMass(value: tf.Tensor, probabilities: readonly number[]): tf.Tensor {
  return probabilities.reduce<tf.Tensor>(
    (otherwise, p, code) => tf.where(tf.equal(value, code), tf.fill(value.shape, Math.log(p)), otherwise),
    tf.fill(value.shape, Number.NEGATIVE_INFINITY),
  );
}

/**
 * The smallest draw above an end at 0: the smallest normal double. Not `Number.MIN_VALUE`, which is 0 as soon as onnxruntime, which takes
 * denormals as zeros, has run on this thread.
 */
export const smallestNormal = 2 ** -1022;
