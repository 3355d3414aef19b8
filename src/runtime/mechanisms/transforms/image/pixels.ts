/**
 * Maps between the real line and grey levels 0 … 256, element by element, beside the value of an image flow:
 * - `realnvp` (Dinh, Sohl-Dickstein & Bengio 2017): y = logit(α + (1 - α) v / 256), α = 0.05, which reaches from -256 α
 *   / (1 - α) to 256;
 * - `glow` (Kingma & Dhariwal 2018): y = v / 256 - 0.5.
 */
import * as tf from "../../../tensors/core/tfjs.js";
import type { Transformed } from "../contract/transform.js";
import type { VectorTransform } from "../contract/vector-transform.js";

const levels = 256;
const alpha = 0.05;
/** Of the logit's argument p and of 1 - p, as the original package has them in single precision. */
const smallestBelow = 2 ** -126;
const smallestAbove = 2 ** -23;

export type PixelMap = "realnvp" | "glow";

interface ElementMap {
  /** From the real line to grey levels, and log|dv/dy| per element. */
  forward(real: tf.Tensor): Transformed;
  inverse(level: tf.Tensor): Transformed;
}

const maps: Readonly<Record<PixelMap, ElementMap>> = {
  realnvp: {
    forward(real) {
      const value = tf.mul(tf.sub(tf.sigmoid(real), alpha), levels / (1 - alpha));
      return { value, logDerivative: tf.neg(logSlope(real)) };
    },
    inverse(level) {
      const below = tf.maximum(tf.add(tf.mul(level, (1 - alpha) / levels), alpha), smallestBelow);
      // 1 - p from 256 - v, which does not cancel.
      const above = tf.maximum(tf.mul(tf.sub(levels, level), (1 - alpha) / levels), smallestAbove);
      const real = tf.sub(tf.log(below), tf.log(above));
      return { value: real, logDerivative: logSlope(real) };
    },
  },
  glow: {
    forward: (real) => ({
      value: tf.mul(tf.add(real, 0.5), levels),
      logDerivative: tf.fill(real.shape, Math.log(levels)),
    }),
    inverse: (level) => ({
      value: tf.sub(tf.div(level, levels), 0.5),
      logDerivative: tf.fill(level.shape, -Math.log(levels)),
    }),
  },
};

/** log dy/dv of the logit map at y: p (1 - p) = exp(-softplus(y) - softplus(-y)). */
function logSlope(real: tf.Tensor): tf.Tensor {
  return tf.add(tf.add(tf.softplus(real), tf.softplus(tf.neg(real))), Math.log((1 - alpha) / levels));
}

export function pixels(map: PixelMap): VectorTransform {
  const { forward, inverse } = maps[map];
  const summed = ({ value, logDerivative }: Transformed): Transformed => ({
    value,
    logDerivative: tf.sum(logDerivative, 1, true),
  });
  return {
    name: "pixels",
    parameters: {},
    mixes: false,
    forward: (noise) => summed(forward(noise)),
    inverse: (value) => summed(inverse(value)),
  };
}
