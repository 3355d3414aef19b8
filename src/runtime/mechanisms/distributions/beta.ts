/**
 * beta(a, b): density x^(a - 1) (1 - x)^(b - 1) / B(a, b) on 0 < x < 1. At 0 it is b for a = 1, 0 above and infinite
 * below; at 1 likewise by b. Sampled as G / (G + H) with gamma draws G of shape a and H of shape b, in logarithms.
 */
import * as tf from "../../tensors/core/tfjs.js";
import { type Distribution, endOfPower, type IntervalSupport } from "./distribution.js";
import { sampleLogGamma, smallestDraw } from "./gamma.js";
import { logPower, within } from "./outside-support.js";
import { requires } from "./parameters.js";
import { logBeta, regularisedBeta } from "./special-functions.js";

const names = ["a", "b"];
const supportOf = ([a, b]: readonly number[]): IntervalSupport => ({
  kind: "interval",
  low: 0,
  high: 1,
  lowEnd: endOfPower(a! - 1),
  highEnd: endOfPower(b! - 1),
});

export const beta: Distribution = {
  parameterNames: names,
  problem: requires(names, ["positive", "positive"]),
  support: supportOf,
  mean: ([a, b]) => a! / (a! + b!),
  variance: ([a, b]) => (a! * b!) / ((a! + b!) ** 2 * (a! + b! + 1)),
  cdf: (value, [a, b]) => regularisedBeta(value, a!, b!),
  sample: (key, n, [a, b]) => {
    const first = sampleLogGamma(key.split("a"), n, a!);
    const second = sampleLogGamma(key.split("b"), n, b!);
    // Kept off 0 and 1, whatever underflows.
    return first.map((logarithm, at) => {
      const ratio = 1 / (1 + Math.exp(second[at]! - logarithm));
      return Math.min(Math.max(ratio, smallestDraw), 1 - 2 ** -53);
    });
  },
  logDensity: (value, parameters) =>
    within(value, supportOf(parameters), 0.5, (x) => {
      const [a, b] = parameters;
      const rest = (at: tf.Tensor) => tf.log1p(tf.neg(at));
      const powers = tf.add(logPower(tf.log, x, a! - 1), logPower(rest, x, b! - 1));
      return tf.sub(powers, logBeta(a!, b!));
    }),
};
