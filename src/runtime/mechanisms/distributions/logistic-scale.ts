/**
 * Continuous noise on the scale of a standard logistic one, in tensor ops: g(e) = logit F(e), which increases, so that
 * e lies between two thresholds where g(e) lies between theirs, and the mass and a draw of a cell are those of the
 * logistic (`logistic-cells.ts`), with their precision in both tails. Beyond the support g is ∓`far`.
 */
import type { Noise } from "../../../schema/types.js";
import * as tf from "../../tensors/core/tfjs.js";
import { logitOfNormal, normalQuantileOfLogit } from "./normal-quantile-of-logit.js";

export interface LogisticScale {
  /** logit F(e), elementwise. */
  readonly toLogit: (value: tf.Tensor, parameters: readonly number[]) => tf.Tensor;
  /** F⁻¹(σ(x)). */
  readonly fromLogit: (logit: tf.Tensor, parameters: readonly number[]) => tf.Tensor;
}

type Scaled = "normal" | "uniform" | "exponential" | "laplace" | "logistic" | "gumbel" | "lognormal";

const far = 1e6;
/** Normal quantiles whose logits single precision takes back and forth. */
const farthestNormal = 12;
const smallest = 2 ** -126;

const standardised = (value: tf.Tensor, [location, scale]: readonly number[]) =>
  tf.div(tf.sub(value, location!), scale!);
const placed = (standard: tf.Tensor, [location, scale]: readonly number[]) =>
  tf.add(tf.mul(standard, scale!), location!);
const logSigmoid = (x: tf.Tensor) => tf.neg(tf.softplus(tf.neg(x)));

/** Where the value is at an end of the support or beyond it, far out. */
function bounded(logit: tf.Tensor, isBelow: tf.Tensor, isAbove?: tf.Tensor): tf.Tensor {
  const low = tf.where(isBelow, tf.fill(logit.shape, -far), logit);
  return isAbove === undefined ? low : tf.where(isAbove, tf.fill(logit.shape, far), low);
}

const normal: LogisticScale = {
  toLogit: (value, parameters) => {
    const z = standardised(value, parameters);
    const near = logitOfNormal(tf.clipByValue(z, -farthestNormal, farthestNormal));
    return bounded(near, tf.less(z, -farthestNormal), tf.greater(z, farthestNormal));
  },
  fromLogit: (logit, parameters) => placed(normalQuantileOfLogit(tf.clipByValue(logit, -75, 75)), parameters),
};

export const logisticScales: Readonly<Record<Scaled, LogisticScale>> = {
  normal,
  lognormal: {
    toLogit: (value, parameters) =>
      bounded(normal.toLogit(tf.log(tf.maximum(value, smallest)), parameters), tf.lessEqual(value, 0)),
    fromLogit: (logit, parameters) => tf.exp(normal.fromLogit(logit, parameters)),
  },
  uniform: {
    toLogit: (value, [low, high]) => {
      const above = tf.maximum(tf.sub(value, low!), smallest);
      const below = tf.maximum(tf.sub(high!, value), smallest);
      const logit = tf.sub(tf.log(above), tf.log(below));
      return bounded(logit, tf.lessEqual(value, low!), tf.greaterEqual(value, high!));
    },
    fromLogit: (logit, [low, high]) => tf.add(tf.mul(tf.sigmoid(logit), high! - low!), low!),
  },
  exponential: {
    // F / (1 - F) = exp(λ e) - 1
    toLogit: (value, [rate]) => {
      const scaled = tf.maximum(tf.mul(value, rate!), smallest);
      const logit = tf.add(scaled, tf.log(tf.neg(tf.expm1(tf.neg(scaled)))));
      return bounded(logit, tf.lessEqual(value, 0));
    },
    fromLogit: (logit, [rate]) => tf.div(tf.softplus(logit), rate!),
  },
  laplace: {
    // Below the median F = exp(z) / 2; the other half is its mirror image.
    toLogit: (value, parameters) => {
      const z = standardised(value, parameters);
      const size = tf.neg(tf.abs(z));
      const lower = tf.sub(tf.sub(size, Math.LN2), tf.log1p(tf.mul(-0.5, tf.exp(size))));
      return tf.mul(tf.neg(tf.sign(z)), lower);
    },
    fromLogit: (logit, parameters) => {
      const lower = tf.add(logSigmoid(tf.neg(tf.abs(logit))), Math.LN2);
      return placed(tf.mul(tf.neg(tf.sign(logit)), lower), parameters);
    },
  },
  logistic: { toLogit: standardised, fromLogit: placed },
  gumbel: {
    // F = exp(-a) with a = exp(-z): (1 - F) / F = exp(a) - 1.
    toLogit: (value, parameters) => {
      const z = standardised(value, parameters);
      const a = tf.exp(tf.neg(tf.clipByValue(z, -13, 80)));
      return tf.neg(tf.add(a, tf.log(tf.neg(tf.expm1(tf.neg(a))))));
    },
    fromLogit: (logit, parameters) =>
      placed(tf.neg(tf.log(tf.softplus(tf.neg(tf.clipByValue(logit, -far, 80))))), parameters),
  },
};

export function logisticScaleOf(distribution: Noise["distribution"]): LogisticScale | undefined {
  return (logisticScales as Readonly<Partial<Record<string, LogisticScale>>>)[distribution];
}
