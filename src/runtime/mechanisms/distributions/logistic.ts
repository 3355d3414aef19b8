/**
 * logistic(loc, scale): density s(z) (1 - s(z)) / scale, where s is the sigmoid and z = (x - loc) / scale.
 * Written as -|z| - 2 log(1 + exp(-|z|)) - log scale, which neither overflows nor cancels.
 */
import * as tf from "../../tensors/core/tfjs.js";
import { type Distribution, realLine } from "./distribution.js";
import { within } from "./outside-support.js";
import { requires } from "./parameters.js";

const names = ["loc", "scale"];
const support = realLine;

export const logistic: Distribution = {
  parameterNames: names,
  problem: requires(names, ["finite", "positive"]),
  support: () => support,
  mean: ([loc]) => loc!,
  variance: ([, scale]) => (Math.PI * scale!) ** 2 / 3,
  cdf: (value, [loc, scale]) => 1 / (1 + Math.exp(-(value - loc!) / scale!)),
  sample: (key, n, [loc, scale]) => key.uniform64(n).map((u) => loc! + scale! * Math.log(u / (1 - u))),
  logDensity: (value, [loc, scale]) =>
    within(value, support, loc!, (x) => {
      const distance = tf.abs(tf.div(tf.sub(x, loc!), scale!));
      const tail = tf.mul(tf.log1p(tf.exp(tf.neg(distance))), 2);
      return tf.sub(tf.sub(-Math.log(scale!), distance), tail);
    }),
};
