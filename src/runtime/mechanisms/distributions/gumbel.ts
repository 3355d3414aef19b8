/**
 * gumbel(loc, scale), of maxima: density exp(-z - exp(-z)) / scale with z = (x - loc) / scale.
 * Below z = -85 exp(-z) nears the end of float32: it is held there, where the log-density is under -8e36 anyway.
 */
import * as tf from "../../tensors/core/tfjs.js";
import { type Distribution, realLine } from "./distribution.js";
import { within } from "./outside-support.js";
import { requires } from "./parameters.js";

const names = ["loc", "scale"];
const support = realLine;
const lowest = -85;
const eulerMascheroni = 0.5772156649015329;

export const gumbel: Distribution = {
  parameterNames: names,
  problem: requires(names, ["finite", "positive"]),
  support: () => support,
  mean: ([loc, scale]) => loc! + eulerMascheroni * scale!,
  variance: ([, scale]) => (Math.PI * scale!) ** 2 / 6,
  cdf: (value, [loc, scale]) => Math.exp(-Math.exp(-(value - loc!) / scale!)),
  sample: (key, n, [loc, scale]) => key.uniform64(n).map((u) => loc! - scale! * Math.log(-Math.log(u))),
  logDensity: (value, [loc, scale]) =>
    within(value, support, loc!, (x) => {
      const z = tf.div(tf.sub(x, loc!), scale!);
      return tf.sub(tf.sub(-Math.log(scale!), z), tf.exp(tf.neg(tf.maximum(z, lowest))));
    }),
};
