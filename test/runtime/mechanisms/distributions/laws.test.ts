/**
 * The laws that every noise distribution obeys, at several parameters each. Statistical tests have fixed seeds and
 * bounds that a correct sampler passes with probability 1 - 1e-6; tolerances of the others are those of single
 * precision.
 */
import { expect } from "chai";
import type { End, IntervalSupport } from "../../../../src/runtime/mechanisms/distributions/distribution.js";
import {
  type Distribution,
  type DistributionName,
  distributions,
} from "../../../../src/runtime/mechanisms/distributions/index.js";
import * as tf from "../../../../src/runtime/tensors/core/tfjs.js";
import { RandomKey } from "../../../../src/runtime/tensors/random/index.js";
import { distance, distanceBound, normalBound } from "../../tensors/random/kolmogorov-smirnov.js";
import { quadrature } from "./quadrature.js";

const cases: Readonly<Record<DistributionName, readonly (readonly number[])[]>> = {
  normal: [
    [0, 1],
    [-3, 0.2],
  ],
  uniform: [
    [0, 1],
    [-4, 3],
  ],
  gamma: [
    [10, 5],
    [1, 2],
    [0.4, 3],
    [300, 0.5],
  ],
  exponential: [[1], [0.02]],
  beta: [
    [2, 5],
    [1, 1],
    [0.5, 0.7],
    [40, 60],
  ],
  laplace: [
    [0, 1],
    [2, 0.3],
  ],
  logistic: [
    [0, 1],
    [-1, 4],
  ],
  gumbel: [
    [0, 1],
    [5, 2],
  ],
  student_t: [
    [5, 0, 1],
    [30, -2, 3],
    [3, 1, 0.5],
  ],
  lognormal: [
    [0, 0.5],
    [1, 0.25],
  ],
  bernoulli: [[0.3], [1]],
  categorical: [
    [0.2, 0.5, 0.3],
    [0, 1, 0],
    [0.25, 0.25, 0.25, 0.25],
  ],
};
const key = RandomKey.fromSeed(7);
const n = 50_000;
const levels = [0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999];

function logDensities(distribution: Distribution, parameters: readonly number[], values: readonly number[]): number[] {
  return tf.tidy(() => [...distribution.logDensity(tf.tensor1d([...values]), parameters).dataSync()]);
}

function gradients(distribution: Distribution, parameters: readonly number[], values: readonly number[]): number[] {
  return tf.tidy(() => {
    const gradient = tf.grad((value: tf.Tensor) => distribution.logDensity(value, parameters));
    return [...gradient(tf.tensor1d([...values])).dataSync()];
  });
}

/** The value at which a continuous cdf reaches `level`, by bisection. */
function quantile(distribution: Distribution, parameters: readonly number[], level: number): number {
  const { low, high } = distribution.support(parameters);
  let below = Number.isFinite(low) ? low : -1e6;
  let above = Number.isFinite(high) ? high : 1e6;
  for (let step = 0; step < 200; step++) {
    const middle = 0.5 * (below + above);
    if (distribution.cdf(middle, parameters) < level) below = middle;
    else above = middle;
  }
  return above;
}

function checkMean(sample: Float64Array, f: (value: number) => number, expected: number, deviation: number): void {
  const mean = sample.reduce((sum, value) => sum + f(value), 0) / sample.length;
  expect(Math.abs(mean - expected)).to.be.at.most((normalBound * deviation) / Math.sqrt(sample.length));
}

before(() => tf.setBackend("cpu"));

for (const [name, parameterSets] of Object.entries(cases)) {
  const distribution = distributions[name as DistributionName];
  for (const parameters of parameterSets) {
    const support = distribution.support(parameters);
    describe(`${name}(${parameters.join(", ")})`, () => {
      const sample = distribution.sample(key.split(name), n, parameters);

      it("has parameters that its own check accepts", () => {
        expect(distribution.problem(parameters)).to.equal(undefined);
      });

      it("samples within its support, the same for the same key, prefixes for fewer", () => {
        const { low, high } = support;
        expect(sample.every((value) => value >= low && value <= high)).to.equal(true);
        if (support.kind === "integers") expect(sample.every(Number.isInteger)).to.equal(true);
        else
          expect(
            sample.every((value) => value > low || support.lowEnd === "closed"),
            "low",
          ).to.equal(true);
        expect(distribution.sample(key.split(name), 1000, parameters)).to.deep.equal(sample.slice(0, 1000));
        if (distribution.variance(parameters) > 0) {
          expect(distribution.sample(key.split("another"), 1000, parameters)).to.not.deep.equal(sample.slice(0, 1000));
        }
      });

      it("samples with its mean (false alarms 1e-6)", () => {
        const deviation = Math.sqrt(distribution.variance(parameters));
        checkMean(sample, (value) => value, distribution.mean(parameters), deviation);
      });

      it("is -Infinity outside the support and at NaN, with finite gradients", () => {
        const outside = [Number.NaN, Infinity, -Infinity];
        if (Number.isFinite(support.low)) outside.push(support.low - 1e-3, support.low - 1e6);
        if (Number.isFinite(support.high)) outside.push(support.high + 1e-3, support.high + 1e6);
        if (support.kind === "integers") outside.push(0.5);
        else outside.push(...finiteEnds(support, "open"));
        for (const logDensity of logDensities(distribution, parameters, outside))
          expect(logDensity).to.equal(-Infinity);
        if (support.kind === "integers") return;
        for (const gradient of gradients(distribution, parameters, outside)) expect(gradient).to.equal(0);
      });

      if (support.kind === "integers") {
        discreteLaws(distribution, parameters, support, sample);
      } else {
        continuousLaws(distribution, parameters, support, sample);
      }
    });
  }
}

function discreteLaws(
  distribution: Distribution,
  parameters: readonly number[],
  support: { low: number; high: number },
  sample: Float64Array,
): void {
  const codes = Array.from({ length: support.high - support.low + 1 }, (_, at) => support.low + at);
  const masses = logDensities(distribution, parameters, codes).map(Math.exp);

  it("has masses that sum to one, are the steps of its cdf, and give its moments", () => {
    expect(masses.reduce((sum, mass) => sum + mass, 0)).to.be.closeTo(1, 1e-6);
    const moment = (f: (code: number) => number): number =>
      codes.reduce((sum, code, at) => sum + masses[at]! * f(code), 0);
    const mean = moment((code) => code);
    expect(distribution.mean(parameters)).to.be.closeTo(mean, 1e-6);
    expect(distribution.variance(parameters)).to.be.closeTo(
      moment((code) => (code - mean) ** 2),
      1e-6,
    );
    for (const [at, code] of codes.entries()) {
      const rise = distribution.cdf(code, parameters) - distribution.cdf(code - 1e-9, parameters);
      expect(rise).to.be.closeTo(masses[at]!, 1e-6);
    }
  });

  it("samples each code as often as its mass says (false alarms 1e-6)", () => {
    for (const [at, code] of codes.entries()) {
      const mass = masses[at]!;
      checkMean(sample, (value) => (value === code ? 1 : 0), mass, Math.sqrt(mass * (1 - mass)) + 1e-6);
    }
  });
}

/** The finite ends of one sort. */
function finiteEnds({ low, high, lowEnd, highEnd }: IntervalSupport, wanted: End): number[] {
  return [...(lowEnd === wanted ? [low] : []), ...(highEnd === wanted ? [high] : [])].filter(Number.isFinite);
}

function continuousLaws(
  distribution: Distribution,
  parameters: readonly number[],
  support: IntervalSupport,
  sample: Float64Array,
): void {
  const quantiles = levels.map((level) => quantile(distribution, parameters, level));
  const spread = quantiles[6]! - quantiles[2]!;

  it("has a density that integrates to one and gives its moments", () => {
    const points = quadrature(support.low, support.high, quantiles[4]!, spread);
    const density = logDensities(
      distribution,
      parameters,
      points.map(({ x }) => x),
    ).map(Math.exp);
    // A point beside a pole that single precision puts onto it is left out, with a mass below 1e-5.
    const isPlain = (value: number) => value > 0 && Number.isFinite(value);
    const integral = (f: (x: number) => number): number =>
      points.reduce((sum, { x, weight }, at) => sum + (isPlain(density[at]!) ? f(x) * density[at]! * weight : 0), 0);
    expect(integral(() => 1)).to.be.closeTo(1, 1e-3);
    const mean = distribution.mean(parameters);
    expect(integral((x) => x)).to.be.closeTo(mean, 1e-3 * (Math.abs(mean) + spread));
    const variance = distribution.variance(parameters);
    expect(integral((x) => (x - mean) ** 2)).to.be.closeTo(variance, 1e-3 * variance);
  });

  it("has a cdf whose slope is the density", () => {
    const density = logDensities(distribution, parameters, quantiles).map(Math.exp);
    for (const [at, x] of quantiles.entries()) {
      // A step within the support and small against the distance to its ends.
      const room = Math.min(spread, x - support.low, support.high - x);
      const step = 1e-4 * room;
      const slope = (distribution.cdf(x + step, parameters) - distribution.cdf(x - step, parameters)) / (2 * step);
      expect(density[at]! / slope, `at ${x}`).to.be.closeTo(1, 1e-3);
    }
    expect(distribution.cdf(support.low, parameters)).to.equal(0);
    expect(distribution.cdf(support.high, parameters)).to.equal(1);
  });

  it("samples as its cdf says, no draw twice (KS, false alarms 1e-6)", () => {
    expect(new Set(sample).size).to.equal(sample.length);
    const found = distance(sample, (value) => distribution.cdf(value, parameters));
    expect(found).to.be.lessThan(distanceBound(sample.length));
  });

  it("has the gradient of its log-density, finite far out", () => {
    const step = 0.02 * spread;
    const inner = quantiles.slice(2, 7).filter((x) => x - 4 * step > support.low && x + 4 * step < support.high);
    const found = gradients(distribution, parameters, inner);
    const up = logDensities(
      distribution,
      parameters,
      inner.map((x) => x + step),
    );
    const down = logDensities(
      distribution,
      parameters,
      inner.map((x) => x - step),
    );
    for (const [at, gradient] of found.entries()) {
      const slope = (up[at]! - down[at]!) / (2 * step);
      // 1e-3 for rounding of the log-density; the rest for the curvature, and the Laplace density's kink.
      const smooth = distribution !== distributions.laplace || Math.abs(inner[at]! - quantiles[4]!) > step;
      if (smooth)
        expect(gradient * spread, `at ${inner[at]}`).to.be.closeTo(
          slope * spread,
          0.02 + 0.05 * Math.abs(slope * spread),
        );
    }
    const far = [quantiles[0]!, quantiles[8]!];
    far.push(...finiteEnds(support, "closed"));
    if (support.low === -Infinity) far.push(quantiles[4]! - 1e3 * spread);
    if (support.high === Infinity) far.push(quantiles[4]! + 1e3 * spread, 1e15);
    for (const value of logDensities(distribution, parameters, far)) expect(Number.isFinite(value)).to.equal(true);
    for (const gradient of gradients(distribution, parameters, far)) expect(Number.isFinite(gradient)).to.equal(true);
  });
}

describe("distributions", () => {
  it("refuse parameters that make no distribution", () => {
    const refused: [DistributionName, readonly number[], string][] = [
      ["normal", [0, 0], "sd must be above 0"],
      ["normal", [0], "expected mean, sd"],
      ["uniform", [1, 1], "low must be below high"],
      ["gamma", [-1, 1], "shape must be above 0"],
      ["exponential", [Number.NaN], "rate must be a finite number"],
      ["student_t", [0, 0, 1], "df must be above 0"],
      ["bernoulli", [1.1], "p must be between 0 and 1"],
      ["categorical", [0.5, 0.4], "must sum to 1"],
      ["categorical", [1], "at least 2"],
      ["categorical", [1.5, -0.5], "between 0 and 1"],
    ];
    for (const [name, parameters, message] of refused) {
      expect(distributions[name].problem(parameters), name).to.contain(message);
    }
  });

  it("include the ends of a closed support", () => {
    expect(logDensities(distributions.exponential, [2], [0])).to.deep.equal([Math.fround(Math.log(2))]);
    expect(logDensities(distributions.uniform, [2, 3], [2, 3])).to.deep.equal([0, 0]);
  });

  it("sample gammas finely: means of two million draws (false alarms 1e-6)", () => {
    for (const shape of [1, 0.5]) {
      checkMean(distributions.gamma.sample(key, 2e6, [shape, 1]), (value) => value, shape, Math.sqrt(shape));
    }
  });

  it("sample without underflow at tiny shapes", () => {
    const values = distributions.beta.sample(key, 2000, [0.01, 0.01]);
    expect(values.every((value) => value > 0 && value < 1)).to.equal(true);
    checkMean(values, (value) => value, 0.5, Math.sqrt(distributions.beta.variance([0.01, 0.01])));
    expect(distributions.gamma.sample(key, 2000, [0.001, 1]).every((value) => value > 0)).to.equal(true);
  });

  it("know where Student's t has no moments", () => {
    expect(distributions.student_t.mean([1, 0, 1])).to.be.NaN;
    expect(distributions.student_t.variance([2, 0, 1])).to.equal(Infinity);
  });

  it("keep the log-density of Student's t where the square overflows", () => {
    const [near, far] = logDensities(distributions.student_t, [3, 0, 1], [1e10, 1e25]);
    expect(near! - far!).to.be.closeTo(4 * 15 * Math.log(10), 1e-2);
  });

  it("normalise the probabilities of a category", () => {
    expect(distributions.categorical.problem([0.33, 0.33, 0.34])).to.equal(undefined);
    expect(distributions.categorical.cdf(2, [0.3333333, 0.3333333, 0.3333333])).to.be.closeTo(1, 1e-15);
  });
});
