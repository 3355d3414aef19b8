/**
 * normal(mean, sd): density exp(-z²/2) / (sd √(2π)) with z = (x - mean) / sd.
 */
import * as tf from "../../tensors/core/tfjs.js";
import { type Distribution, realLine } from "./distribution.js";
import { within } from "./outside-support.js";
import { requires } from "./parameters.js";
import { normalCdf } from "./special-functions.js";

const names = ["mean", "sd"];
const support = realLine;

export const normal: Distribution = {
  parameterNames: names,
  problem: requires(names, ["finite", "positive"]),
  support: () => support,
  mean: ([mean]) => mean!,
  variance: ([, sd]) => sd! ** 2,
  cdf: (value, [mean, sd]) => normalCdf((value - mean!) / sd!),
  sample: (key, n, [mean, sd]) => key.normal64(n).map((z) => mean! + sd! * z),
  logDensity: (value, [mean, sd]) =>
    within(value, support, mean!, (x) => {
      const z = tf.div(tf.sub(x, mean!), sd!);
      return tf.sub(tf.mul(tf.square(z), -0.5), Math.log(sd!) + 0.5 * Math.log(2 * Math.PI));
    }),
};
