/**
 * lognormal(mean, sd): log x is normal with this mean and sd, which are those of the logarithm.
 * Density φ((log x - mean) / sd) / (sd x) on x > 0.
 */
import * as tf from "../../tensors/core/tfjs.js";
import { type Distribution, fromZero } from "./distribution.js";
import { within } from "./outside-support.js";
import { requires } from "./parameters.js";
import { normalCdf } from "./special-functions.js";

const names = ["mean", "sd"];
const support = fromZero("open");

export const lognormal: Distribution = {
  parameterNames: names,
  problem: requires(names, ["finite", "positive"]),
  support: () => support,
  mean: ([mean, sd]) => Math.exp(mean! + 0.5 * sd! ** 2),
  variance: ([mean, sd]) => Math.expm1(sd! ** 2) * Math.exp(2 * mean! + sd! ** 2),
  cdf: (value, [mean, sd]) => (value > 0 ? normalCdf((Math.log(value) - mean!) / sd!) : 0),
  sample: (key, n, [mean, sd]) => key.normal64(n).map((z) => Math.exp(mean! + sd! * z)),
  logDensity: (value, [mean, sd]) =>
    within(value, support, 1, (x) => {
      const logarithm = tf.log(x);
      const z = tf.div(tf.sub(logarithm, mean!), sd!);
      const constant = Math.log(sd!) + 0.5 * Math.log(2 * Math.PI);
      return tf.sub(tf.sub(tf.mul(tf.square(z), -0.5), logarithm), constant);
    }),
};
