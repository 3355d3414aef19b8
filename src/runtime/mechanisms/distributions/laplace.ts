/**
 * laplace(loc, scale): density exp(-|z|) / (2 scale) with z = (x - loc) / scale. Its gradient at loc is taken as 0.
 */
import * as tf from "../../tensors/core/tfjs.js";
import { type Distribution, realLine } from "./distribution.js";
import { within } from "./outside-support.js";
import { requires } from "./parameters.js";

const names = ["loc", "scale"];
const support = realLine;

export const laplace: Distribution = {
  parameterNames: names,
  problem: requires(names, ["finite", "positive"]),
  support: () => support,
  mean: ([loc]) => loc!,
  variance: ([, scale]) => 2 * scale! ** 2,
  cdf: (value, [loc, scale]) => {
    const z = (value - loc!) / scale!;
    return z < 0 ? 0.5 * Math.exp(z) : 1 - 0.5 * Math.exp(-z);
  },
  sample: (key, n, [loc, scale]) =>
    key.uniform64(n).map((u) => loc! + scale! * (u < 0.5 ? Math.log(2 * u) : -Math.log(2 * (1 - u)))),
  logDensity: (value, [loc, scale]) =>
    within(value, support, loc!, (x) => {
      const z = tf.div(tf.sub(x, loc!), scale!);
      // |z|, with slope 0 at 0, where that of `abs` is -1.
      return tf.sub(-Math.log(2 * scale!), tf.add(tf.relu(z), tf.relu(tf.neg(z))));
    }),
};
