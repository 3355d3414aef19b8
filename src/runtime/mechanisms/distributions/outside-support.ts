/**
 * Log-densities that are -Infinity outside the support, +Infinity at a pole, and have finite gradients everywhere. The
 * formula is never applied to a value where it is not finite: selecting afterwards would still send its NaN gradient
 * back, since 0 × NaN is NaN.
 */
import * as tf from "../../tensors/core/tfjs.js";
import type { IntervalSupport } from "./distribution.js";

/**
 * A value that is computed in single precision from recorded ones can miss an end of a bounded support by its rounding,
 * as (0.3 - 0.1) / 0.2 misses 1. Within this share of the support's length it is taken for the end.
 */
const rounding = 2 ** -22;

/** `interior` is any value inside the support; `formula` is the log-density there and at closed ends. */
export function within(
  value: tf.Tensor,
  support: IntervalSupport,
  interior: number,
  formula: (inside: tf.Tensor) => tf.Tensor,
): tf.Tensor {
  const { low, high, lowEnd, highEnd } = support;
  const slack = Number.isFinite(high - low) ? rounding * (high - low) : 0;
  const inside = condition(value, (x) => {
    // NaN is outside.
    const aboveLow = lowEnd === "closed" ? tf.greaterEqual(x, low - slack) : tf.greater(x, low);
    const belowHigh = highEnd === "closed" ? tf.lessEqual(x, high + slack) : tf.less(x, high);
    return tf.logicalAnd(aboveLow, belowHigh);
  });
  const at = tf.where(inside, clamped(value, support), tf.fill(value.shape, interior));
  const logDensity = tf.where(inside, formula(at), tf.fill(value.shape, Number.NEGATIVE_INFINITY));
  const withLow = lowEnd === "pole" ? withPole(value, low - slack, low, logDensity) : logDensity;
  return highEnd === "pole" ? withPole(value, high, high + slack, withLow) : withLow;
}

/** The value, moved to a closed end that its rounding lies beyond. */
function clamped(value: tf.Tensor, { low, high, lowEnd, highEnd }: IntervalSupport): tf.Tensor {
  const bounded = Number.isFinite(high - low);
  const above = bounded && lowEnd === "closed" ? tf.maximum(value, low) : value;
  return bounded && highEnd === "closed" ? tf.minimum(above, high) : above;
}

/** The log-density, and +Infinity from `first` to `last`. */
function withPole(value: tf.Tensor, first: number, last: number, logDensity: tf.Tensor): tf.Tensor {
  const isPole = condition(value, (x) => tf.logicalAnd(tf.greaterEqual(x, first), tf.lessEqual(x, last)));
  return tf.where(isPole, tf.fill(value.shape, Number.POSITIVE_INFINITY), logDensity);
}

/** exponent · log u(x), which is 0 for exponent 0 also where u is 0; `logarithm` is log u. */
export function logPower(logarithm: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor, exponent: number): tf.Tensor {
  return exponent === 0 ? tf.mul(x, 0) : tf.mul(logarithm(x), exponent);
}

/**
 * A truth about a value. It has no slope, but tfjs asks comparisons for one where they lie between a value and a
 * result.
 */
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
