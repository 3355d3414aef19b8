/**
 * The affine map of coupling and autoregressive layers, y = shift + exp(s) u element by element, from a row of raw
 * outputs [shifts, raw log-scales]. s = 3 tanh(raw / 3): smooth, so that a gradient remains everywhere, and bounded, so
 * that a stack of layers stays invertible in single precision.
 */
import * as tf from "../../../tensors/core/tfjs.js";

const largestLogScale = 3;

export interface AffineStep {
  readonly shift: tf.Tensor;
  readonly logScale: tf.Tensor;
}

/** `raw` is `[batch or 1, 2 size]`. */
export function affineStepOf(raw: tf.Tensor, size: number): AffineStep {
  const rawLogScale = tf.slice(raw, [0, size], [-1, size]);
  return {
    shift: tf.slice(raw, [0, 0], [-1, size]),
    logScale: tf.mul(largestLogScale, tf.tanh(tf.div(rawLogScale, largestLogScale))),
  };
}

export function stepForward({ shift, logScale }: AffineStep, u: tf.Tensor): tf.Tensor {
  return tf.add(shift, tf.mul(tf.exp(logScale), u));
}

export function stepInverse({ shift, logScale }: AffineStep, y: tf.Tensor): tf.Tensor {
  return tf.mul(tf.sub(y, shift), tf.exp(tf.neg(logScale)));
}
