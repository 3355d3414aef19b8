/**
 * beta(a, b): density x^(a - 1) (1 - x)^(b - 1) / B(a, b) on 0 < x < 1.
 * Sampled as G / (G + H) with gamma draws G of shape a and H of shape b, in logarithms.
 */
import * as tf from "../engine/tfjs.js";
import type { Distribution } from "./distribution.js";
import { sampleLogGamma, smallestDraw } from "./gamma.js";
import { within } from "./outside-support.js";
import { requires } from "./parameters.js";
import { logBeta, regularisedBeta } from "./special-functions.js";

const names = ["a", "b"];
const support = { kind: "interval", low: 0, high: 1, closed: false } as const;

export const beta: Distribution = {
  parameterNames: names,
  problem: requires(names, ["positive", "positive"]),
  support: () => support,
  mean: ([a, b]) => a! / (a! + b!),
  variance: ([a, b]) => (a! * b!) / ((a! + b!) ** 2 * (a! + b! + 1)),
  cdf: (value, [a, b]) => regularisedBeta(value, a!, b!),
  sample: (key, n, [a, b]) => {
    const first = sampleLogGamma(key.split("a"), n, a!);
    const second = sampleLogGamma(key.split("b"), n, b!);
    // Kept off 0 and 1, which the open support does not have, whatever underflows.
    return first.map((logarithm, at) => {
      const ratio = 1 / (1 + Math.exp(second[at]! - logarithm));
      return Math.min(Math.max(ratio, smallestDraw), 1 - 2 ** -53);
    });
  },
  logDensity: (value, [a, b]) =>
    within(value, support, 0.5, (x) => {
      const powers = tf.add(tf.mul(tf.log(x), a! - 1), tf.mul(tf.log1p(tf.neg(x)), b! - 1));
      return tf.sub(powers, logBeta(a!, b!));
    }),
};
