/**
 * Ordered discrete variables as cells of a logistic noise: x is the cell [lower, upper) of the line that ε ~
 * logistic(0, 1) falls into. The logistic, because its distribution function s and its inverse are closed forms that
 * keep their relative precision in both tails, so that the mass of a cell and a draw within it are exact: s(b) - s(a) =
 * s(b) s(-a) (1 - exp(a - b)), and ε = logit(s(a) + w (s(b) - s(a))) for a uniform w. All tensors are `[rows, 1]`, or
 * broadcast to it.
 */
import * as tf from "../../tensors/core/tfjs.js";
import type { DrawSpec } from "../contract/mechanism.js";
import { standard } from "../contract/mechanism.js";

/** The noise, and the auxiliary draw of an abduction: w = s(draw). */
export const logisticNoise: DrawSpec = { size: 1, distribution: "logistic", parameters: standard };

/** Stands for an infinite edge: s is 0 or 1 there in any precision, and no gradient becomes infinity times zero. */
export const farAway = 1e6;

/** Narrower than any cell that single precision can tell from an empty one, wide enough for a finite logarithm. */
const narrowest = 2 ** -100;

/** Edges may be computed again in another program: a draw keeps clear of them by more than their rounding. */
const clearance = 1e-5;

const logSigmoid = (x: tf.Tensor): tf.Tensor => tf.neg(tf.softplus(tf.neg(x)));

/** log P(lower ≤ ε < upper). */
export function logMassOf(lower: tf.Tensor, upper: tf.Tensor): tf.Tensor {
  const width = tf.maximum(tf.sub(upper, lower), narrowest);
  const share = tf.log(tf.neg(tf.expm1(tf.neg(width))));
  return tf.add(tf.add(logSigmoid(upper), logSigmoid(tf.neg(lower))), share);
}

/** A draw of ε from its distribution within [lower, upper), by the inverse distribution function. */
export function drawWithin(lower: tf.Tensor, upper: tf.Tensor, draw: tf.Tensor): tf.Tensor {
  const logShare = logSigmoid(draw);
  const logRest = logSigmoid(tf.neg(draw));
  const logBelow = logAddExp(tf.add(logSigmoid(lower), logRest), tf.add(logSigmoid(upper), logShare));
  const logAbove = logAddExp(tf.add(logSigmoid(tf.neg(lower)), logRest), tf.add(logSigmoid(tf.neg(upper)), logShare));
  const quarter = tf.mul(tf.sub(upper, lower), 0.25);
  const lowest = tf.add(lower, tf.minimum(quarter, tf.mul(clearance, tf.add(1, tf.abs(lower)))));
  const highest = tf.sub(upper, tf.minimum(quarter, tf.mul(clearance, tf.add(1, tf.abs(upper)))));
  return tf.minimum(tf.maximum(tf.sub(logBelow, logAbove), lowest), highest);
}

export function logAddExp(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return tf.add(tf.maximum(a, b), tf.log1p(tf.exp(tf.neg(tf.abs(tf.sub(a, b))))));
}
