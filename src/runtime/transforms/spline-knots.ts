/**
 * Knots and bin selection shared by the two rational splines. The box is [-3, 3]² and the map is the identity outside.
 *
 * Raw parameters are normalised as in the paper's own package: widths and heights by a softmax with a floor of 1e-3 a bin,
 * inner derivatives by a softplus with a floor of 1e-3. The two outer derivatives are `boundaryDerivative`; 1 makes the
 * slope continuous at the edge of the box.
 */
import * as tf from "../engine/tfjs.js";

export const bound = 3;
const minimumBin = 1e-3;
const knotTolerance = 1e-6;
export const minimumDerivative = 1e-3;

/** All `[batch or 1, bins]`: the left and right edge of each bin on both axes, and the derivatives there. */
export interface Knots {
  readonly left: tf.Tensor;
  readonly right: tf.Tensor;
  readonly bottom: tf.Tensor;
  readonly top: tf.Tensor;
  readonly leftDerivative: tf.Tensor;
  readonly rightDerivative: tf.Tensor;
}

/** Raw derivative whose softplus, plus its floor, is 1. */
export const identityDerivative = Math.log(Math.expm1(1 - minimumDerivative));

/** θ starts with `bins` raw widths, `bins` raw heights and `bins - 1` raw derivatives. */
export function knotsOf(parameters: tf.Tensor, bins: number, boundaryDerivative: number): Knots {
  const [left, right] = edges(tf.slice(parameters, [0, 0], [-1, bins]), bins);
  const [bottom, top] = edges(tf.slice(parameters, [0, bins], [-1, bins]), bins);
  const raw = tf.slice(parameters, [0, 2 * bins], [-1, bins - 1]);
  const inner = tf.add(tf.softplus(raw), minimumDerivative);
  const boundary = tf.fill([parameters.shape[0]!, 1], boundaryDerivative);
  return {
    left,
    right,
    bottom,
    top,
    leftDerivative: tf.concat([boundary, inner], 1),
    rightDerivative: tf.concat([inner, boundary], 1),
  };
}

/** Left and right edges of bins from raw sizes; the outermost are exactly ±3. */
function edges(raw: tf.Tensor, bins: number): [tf.Tensor, tf.Tensor] {
  const shares = tf.add(tf.mul(tf.softmax(raw, 1), 1 - bins * minimumBin), minimumBin);
  const inner = tf.sub(tf.mul(tf.slice(tf.cumsum(shares, 1), [0, 0], [-1, bins - 1]), 2 * bound), bound);
  const rows = raw.shape[0]!;
  return [tf.concat([tf.fill([rows, 1], -bound), inner], 1), tf.concat([inner, tf.fill([rows, 1], bound)], 1)];
}

/** The parameters of the one bin that holds each value, `[batch, 1]` each, and the value clamped into the box. */
export interface Bin {
  readonly inside: tf.Tensor;
  readonly clamped: tf.Tensor;
  select(perBin: tf.Tensor): tf.Tensor;
}

/**
 * Finds the bin by its edges. A mask rather than a gather: the gradient is then a product, not a scatter. A value less than
 * 1e-6 above an inner knot belongs to the bin on its left, as in the original package; the two formulas agree there.
 */
export function binOf(value: tf.Tensor, lower: tf.Tensor, upper: tf.Tensor): Bin {
  const inside = tf.logicalAnd(tf.greaterEqual(value, -bound), tf.lessEqual(value, bound));
  const clamped = tf.clipByValue(value, -bound, bound);
  const bins = lower.shape[1]!;
  const atOrAbove = tf.cast(tf.greaterEqual(clamped, tf.add(lower, knotTolerance)), "float32");
  const below = tf.cast(tf.less(clamped, tf.add(upper, knotTolerance)), "float32");
  // The first bin reaches down to the edge of the box; the tolerance already closes the last one.
  const first = tf.cast(tf.oneHot(tf.tensor1d([0], "int32"), bins), "float32");
  const mask = tf.mul(tf.maximum(atOrAbove, first), below);
  return { inside, clamped, select: (perBin) => tf.sum(tf.mul(mask, perBin), 1, true) };
}
