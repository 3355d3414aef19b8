/**
 * categorical(p0, p1, …): the code j with probability p_j; the probabilities are normalised after the check that they
 * sum to 1.
 */
import type { Distribution } from "./distribution.js";
import { logMass } from "./outside-support.js";
import { probabilityTolerance } from "./parameters.js";

export const categorical: Distribution = {
  parameterNames: ["p…"],
  problem: (parameters) => {
    if (parameters.length < 2) return `expected at least 2 probabilities, got ${parameters.length}`;
    const odd = parameters.find((p) => !(p >= 0 && p <= 1));
    if (odd !== undefined) return `probabilities must be between 0 and 1, not ${odd}`;
    const total = parameters.reduce((sum, p) => sum + p, 0);
    return Math.abs(total - 1) <= probabilityTolerance ? undefined : `the probabilities must sum to 1, not ${total}`;
  },
  support: (parameters) => ({ kind: "integers", low: 0, high: parameters.length - 1 }),
  mean: (parameters) => moment(parameters, (code) => code),
  variance: (parameters) => {
    const mean = moment(parameters, (code) => code);
    return moment(parameters, (code) => (code - mean) ** 2);
  },
  cdf: (value, parameters) => moment(parameters, (code) => (code <= value ? 1 : 0)),
  sample: (key, n, parameters) => {
    const bounds = cumulative(parameters);
    return key.uniform64(n).map((u) => bounds.findIndex((bound) => u < bound));
  },
  logDensity: (value, parameters) => logMass(value, normalised(parameters)),
};

function normalised(parameters: readonly number[]): number[] {
  const total = parameters.reduce((sum, p) => sum + p, 0);
  return parameters.map((p) => p / total);
}

/**
 * Upper ends of the codes' shares of (0, 1); from the last code that has any probability on they are 1, in spite of
 * rounding.
 */
function cumulative(parameters: readonly number[]): number[] {
  const last = parameters.findLastIndex((p) => p > 0);
  let sum = 0;
  return normalised(parameters).map((p, code) => {
    sum += p;
    return code >= last ? 1 : sum;
  });
}

function moment(parameters: readonly number[], f: (code: number) => number): number {
  return normalised(parameters).reduce((sum, p, code) => sum + p * f(code), 0);
}
