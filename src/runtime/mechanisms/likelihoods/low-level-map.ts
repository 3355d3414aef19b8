/**
 * The low-level map of an amortised mechanism (paper, Eqs. 3 and 4): x = loc + scale · u, element by element, with a
 * standard base distribution for u. Invertible in u, so a counterfactual keeps what the latent variables do not
 * explain.
 */
import * as tf from "../../tensors/core/tfjs.js";

export type Likelihood = "laplace" | "normal" | "logistic";

/** log-density of the standard distribution, elementwise, in a form that neither overflows nor cancels. */
export const standardLogDensity: Record<Likelihood, (u: tf.Tensor) => tf.Tensor> = {
  normal: (u) => tf.sub(tf.mul(tf.square(u), -0.5), 0.5 * Math.log(2 * Math.PI)),
  laplace: (u) => tf.sub(-Math.LN2, tf.abs(u)),
  logistic: (u) => {
    const size = tf.abs(u);
    return tf.sub(tf.neg(size), tf.mul(2, tf.log1p(tf.exp(tf.neg(size)))));
  },
};
