/**
 * bernoulli(p): 1 with probability p, else 0.
 */
import type { Distribution } from "./distribution.js";
import { logMass } from "./outside-support.js";

export const bernoulli: Distribution = {
  parameterNames: ["p"],
  problem: (parameters) => {
    const [p] = parameters;
    if (parameters.length !== 1) return `expected p, got ${parameters.length} parameters`;
    return p! >= 0 && p! <= 1 ? undefined : `p must be between 0 and 1, not ${p}`;
  },
  support: () => ({ kind: "integers", low: 0, high: 1 }),
  mean: ([p]) => p!,
  variance: ([p]) => p! * (1 - p!),
  cdf: (value, [p]) => (value < 0 ? 0 : value < 1 ? 1 - p! : 1),
  sample: (key, n, [p]) => key.uniform64(n).map((u) => (u < p! ? 1 : 0)),
  logDensity: (value, [p]) => logMass(value, [1 - p!, p!]),
};
