/**
 * uniform(low, high): density 1 / (high - low) on [low, high], both ends included.
 */
import * as tf from "../../tensors/core/tfjs.js";
import type { Distribution, IntervalSupport } from "./distribution.js";
import { within } from "./outside-support.js";
import { requires } from "./parameters.js";

const names = ["low", "high"];
const finite = requires(names, ["finite", "finite"]);
const supportOf = ([low, high]: readonly number[]): IntervalSupport => ({
  kind: "interval",
  low: low!,
  high: high!,
  lowEnd: "closed",
  highEnd: "closed",
});

export const uniform: Distribution = {
  parameterNames: names,
  problem: (parameters) => {
    const [low, high] = parameters;
    return finite(parameters) ?? (low! < high! ? undefined : `low must be below high, but ${low} is not below ${high}`);
  },
  support: supportOf,
  mean: ([low, high]) => 0.5 * (low! + high!),
  variance: ([low, high]) => (high! - low!) ** 2 / 12,
  cdf: (value, [low, high]) => Math.min(1, Math.max(0, (value - low!) / (high! - low!))),
  sample: (key, n, [low, high]) => key.uniform64(n).map((u) => low! + (high! - low!) * u),
  logDensity: (value, parameters) => {
    const [low, high] = parameters;
    // Times 0, so that the density stays connected to the value: its gradient is 0, not absent.
    return within(value, supportOf(parameters), low!, (x) => tf.sub(tf.mul(x, 0), Math.log(high! - low!)));
  },
};
