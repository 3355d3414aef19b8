/**
 * exponential(rate): density rate · exp(-rate x) on x ≥ 0.
 */
import * as tf from "../../tensors/core/tfjs.js";
import { type Distribution, fromZero } from "./distribution.js";
import { within } from "./outside-support.js";
import { requires } from "./parameters.js";

const names = ["rate"];
const support = fromZero("closed");

export const exponential: Distribution = {
  parameterNames: names,
  problem: requires(names, ["positive"]),
  support: () => support,
  mean: ([rate]) => 1 / rate!,
  variance: ([rate]) => 1 / rate! ** 2,
  cdf: (value, [rate]) => (value > 0 ? -Math.expm1(-rate! * value) : 0),
  sample: (key, n, [rate]) => key.uniform64(n).map((u) => -Math.log(u) / rate!),
  logDensity: (value, [rate]) => within(value, support, 1, (x) => tf.sub(Math.log(rate!), tf.mul(x, rate!))),
};
