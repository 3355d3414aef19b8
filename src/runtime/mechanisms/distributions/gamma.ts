/**
 * gamma(shape, rate): density rate^shape x^(shape - 1) exp(-rate x) / Γ(shape) on x > 0. At 0 it is the rate for shape
 * 1, where it is the exponential's, 0 above and infinite below. Sampled by Marsaglia & Tsang (2000), "A simple method
 * for generating gamma variables", in logarithms, so that small shapes do not underflow on the way to a beta or
 * Student's t.
 */
import * as tf from "../../tensors/core/tfjs.js";
import type { RandomKey } from "../../tensors/random/index.js";
import { type Distribution, endOfPower, fromZero } from "./distribution.js";
import { logPower, within } from "./outside-support.js";
import { requires } from "./parameters.js";
import { logGamma, regularisedGamma } from "./special-functions.js";

/**
 * The smallest normal float32. Below it lie denormals, which are 0 in a thread where a session of the engine was made.
 */
export const smallestDraw = 2 ** -126;

const names = ["shape", "rate"];
const supportOf = ([shape]: readonly number[]) => fromZero(endOfPower(shape! - 1));

export const gamma: Distribution = {
  parameterNames: names,
  problem: requires(names, ["positive", "positive"]),
  support: supportOf,
  mean: ([shape, rate]) => shape! / rate!,
  variance: ([shape, rate]) => shape! / rate! ** 2,
  cdf: (value, [shape, rate]) => regularisedGamma(shape!, rate! * value),
  // Kept off 0, whatever underflows.
  sample: (key, n, [shape, rate]) =>
    sampleLogGamma(key, n, shape!).map((logarithm) => Math.max(Math.exp(logarithm) / rate!, smallestDraw)),
  logDensity: (value, parameters) =>
    within(value, supportOf(parameters), 1, (x) => {
      const [shape, rate] = parameters;
      const constant = shape! * Math.log(rate!) - logGamma(shape!);
      return tf.add(tf.sub(logPower(tf.log, x, shape! - 1), tf.mul(x, rate!)), constant);
    }),
};

/**
 * Logarithms of n draws of gamma(shape, 1). Proposals that are refused are drawn again, all together, from the next
 * key.
 */
export function sampleLogGamma(key: RandomKey, n: number, shape: number): Float64Array {
  // For shape < 1: gamma(shape) = gamma(shape + 1) · U^(1 / shape).
  const raised = shape < 1 ? shape + 1 : shape;
  const d = raised - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  const values = new Float64Array(n);
  let open = Int32Array.from({ length: n }, (_, at) => at);
  for (let attempt = 0; open.length > 0; attempt++) {
    const proposals = key.split(attempt);
    const normals = proposals.normal64(open.length);
    const uniforms = proposals.uniform64(open.length);
    open = open.filter((at, i) => {
      const z = normals[i]!;
      const root = 1 + c * z;
      if (root <= 0) return true;
      const v = root ** 3;
      if (Math.log(uniforms[i]!) >= 0.5 * z * z + d * (1 - v + Math.log(v))) return true;
      values[at] = Math.log(d * v);
      return false;
    });
  }
  if (shape >= 1) return values;
  const lowering = key.split("lowering").uniform64(n);
  return values.map((logarithm, at) => logarithm + Math.log(lowering[at]!) / shape);
}
