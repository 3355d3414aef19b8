/**
 * Φ⁻¹(σ(z)), the normal quantile at a probability given by its logit, so that both tails keep their precision, and its
 * inverse logit Φ(u), elementwise. The quantile is √2 erf⁻¹(tanh(z / 2)): near 0 by the polynomial of Giles (2012),
 * made for single precision, in the tails by the rational function of Acklam (2003). The inverse is Newton's method on
 * it.
 */
import * as tf from "../../tensors/core/tfjs.js";

/** erf⁻¹(x) / x in w - 2.5, where w = -log(1 - x²) is below 5. */
const centre = [
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503, -0.00417768164,
  0.246640727, 1.50140941,
];
/** In √(-2 log p). */
const tail = {
  numerator: [
    -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
    2.938163982698783,
  ],
  denominator: [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1],
};
/** Where the tail's formula begins: logit(1 - 0.02425). */
const tailStart = Math.log(0.97575 / 0.02425);
const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI);
const newtonSteps = 4;

/** By Horner's rule, the highest power first. */
function polynomial(coefficients: readonly number[], x: tf.Tensor): tf.Tensor {
  return coefficients
    .slice(1)
    .reduce<tf.Tensor>((sum, coefficient) => tf.add(tf.mul(sum, x), coefficient), tf.fill(x.shape, coefficients[0]!));
}

export function normalQuantileOfLogit(logit: tf.Tensor): tf.Tensor {
  const inner = tf.clipByValue(logit, -tailStart, tailStart);
  // 1 - tanh² (z / 2) = 4 σ(z) σ(-z).
  const shifted = tf.sub(tf.add(tf.softplus(inner), tf.softplus(tf.neg(inner))), Math.log(4) + 2.5);
  const near = tf.mul(Math.SQRT2, tf.mul(tf.tanh(tf.mul(0.5, inner)), polynomial(centre, shifted)));
  // The smaller of the two probabilities has the logarithm -softplus(|z|).
  const size = tf.maximum(tf.abs(logit), tailStart);
  const root = tf.sqrt(tf.mul(2, tf.softplus(size)));
  const lower = tf.div(polynomial(tail.numerator, root), polynomial(tail.denominator, root));
  const far = tf.mul(tf.neg(tf.sign(logit)), lower);
  return tf.where(tf.less(tf.abs(logit), tailStart), near, far);
}

/** log dΦ⁻¹(σ(z))/dz, given the quantile u: log σ(z) + log σ(-z) - log φ(u). */
export function logSlopeOfQuantile(logit: tf.Tensor, quantile: tf.Tensor): tf.Tensor {
  const logistic = tf.add(tf.softplus(logit), tf.softplus(tf.neg(logit)));
  return tf.sub(tf.add(tf.mul(0.5, tf.square(quantile)), halfLogTwoPi), logistic);
}

/** logit Φ(u). */
export function logitOfNormal(quantile: tf.Tensor): tf.Tensor {
  const size = tf.abs(quantile);
  // A cubic near 0; farther out Φ(-u) ≈ φ(u) / u.
  const near = tf.mul(size, tf.add(1.5976, tf.mul(0.070566, tf.square(size))));
  const far = tf.add(tf.add(tf.mul(0.5, tf.square(size)), tf.log(tf.maximum(size, 1))), halfLogTwoPi);
  let logit: tf.Tensor = tf.mul(tf.sign(quantile), tf.where(tf.less(size, 3), near, far));
  for (let step = 0; step < newtonSteps; step++) {
    const found = normalQuantileOfLogit(logit);
    const slope = tf.exp(logSlopeOfQuantile(logit, found));
    logit = tf.sub(logit, tf.div(tf.sub(found, quantile), slope));
  }
  return logit;
}
