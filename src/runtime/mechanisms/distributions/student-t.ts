/**
 * student_t(df, loc, scale): density Γ((df + 1)/2) / (Γ(df/2) √(df π) scale) · (1 + z²/df)^(-(df + 1)/2), z = (x - loc)
 * / scale. Sampled as loc + scale · N √(df / C) with N normal and C chi-square. Far out log(1 + z²/df) is 2 log|z| -
 * log df, where z² could overflow.
 */
import * as tf from "../../tensors/core/tfjs.js";
import { type Distribution, realLine } from "./distribution.js";
import { sampleLogGamma } from "./gamma.js";
import { condition, within } from "./outside-support.js";
import { requires } from "./parameters.js";
import { logBeta, regularisedBeta } from "./special-functions.js";

const names = ["df", "loc", "scale"];
const support = realLine;

export const studentT: Distribution = {
  parameterNames: names,
  problem: requires(names, ["positive", "finite", "positive"]),
  support: () => support,
  mean: ([df, loc]) => (df! > 1 ? loc! : Number.NaN),
  variance: ([df, , scale]) => {
    if (df! <= 1) return Number.NaN;
    return df! <= 2 ? Infinity : (scale! ** 2 * df!) / (df! - 2);
  },
  cdf: (value, [df, loc, scale]) => {
    const z = (value - loc!) / scale!;
    const tail = 0.5 * regularisedBeta(df! / (df! + z * z), 0.5 * df!, 0.5);
    return z > 0 ? 1 - tail : tail;
  },
  sample: (key, n, [df, loc, scale]) => {
    const logGammas = sampleLogGamma(key.split("chi-square"), n, 0.5 * df!);
    const normals = key.split("normal").normal64(n);
    // C = 2 G for G of shape df / 2.
    return normals.map((z, at) => loc! + scale! * z * Math.sqrt(0.5 * df!) * Math.exp(-0.5 * logGammas[at]!));
  },
  logDensity: (value, [df, loc, scale]) => {
    const constant = -logBeta(0.5 * df!, 0.5) - 0.5 * Math.log(df!) - Math.log(scale!);
    return within(value, support, loc!, (x) => {
      const z = tf.div(tf.sub(x, loc!), scale!);
      return tf.sub(constant, tf.mul(logOnePlus(z, df!), 0.5 * (df! + 1)));
    });
  },
};

/** log(1 + z²/df); beyond `far` the 1 is lost in single precision and the square may overflow. */
function logOnePlus(z: tf.Tensor, df: number): tf.Tensor {
  const far = 1e6 * Math.sqrt(df);
  const isFar = condition(z, (value) => tf.greater(tf.abs(value), far));
  const near = tf.where(isFar, tf.zerosLike(z), z);
  const distant = tf.where(isFar, tf.abs(z), tf.onesLike(z));
  return tf.where(isFar, tf.sub(tf.mul(tf.log(distant), 2), Math.log(df)), tf.log1p(tf.div(tf.square(near), df)));
}
