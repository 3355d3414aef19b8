/**
 * Conditional affine bijector, y = loc + exp(log_scale) u (paper, Eq. 1 with h affine). Domain and codomain: the reals.
 * θ = [loc, log_scale]. The log-scale is clamped to ±10 so that exp cannot overflow float32 arithmetic downstream.
 */
import * as tf from "../../../tensors/core/tfjs.js";
import type { Transform } from "../contract/transform.js";

const largestLogScale = 10;

function split(parameters: tf.Tensor): { loc: tf.Tensor; logScale: tf.Tensor } {
  const loc = tf.slice(parameters, [0, 0], [-1, 1]);
  const logScale = tf.clipByValue(tf.slice(parameters, [0, 1], [-1, 1]), -largestLogScale, largestLogScale);
  return { loc, logScale };
}

export const affine: Transform = {
  name: "affine",
  parameterCount: 2,
  identity: [0, 0],
  forward(noise, parameters) {
    const { loc, logScale } = split(parameters);
    return {
      value: tf.add(loc, tf.mul(tf.exp(logScale), noise)),
      logDerivative: tf.add(logScale, tf.zerosLike(noise)),
    };
  },
  inverse(value, parameters) {
    const { loc, logScale } = split(parameters);
    return {
      value: tf.mul(tf.sub(value, loc), tf.exp(tf.neg(logScale))),
      logDerivative: tf.sub(tf.zerosLike(value), logScale),
    };
  },
};
