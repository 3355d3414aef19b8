/**
 * Every distribution at every edge of its support: value, gradient, draws, on both engines. The expected values are the
 * closed forms of the densities, written out beside each row; a distribution without a row here does not compile.
 */
import { expect } from "chai";
import { sampleDraws } from "../../../../src/runtime/mechanisms/contract/draw-inputs.js";
import { type DistributionName, distributions } from "../../../../src/runtime/mechanisms/distributions/index.js";
import * as tf from "../../../../src/runtime/tensors/core/tfjs.js";
import { createEngine } from "../../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../../src/runtime/tensors/random/index.js";

interface Edge {
  readonly parameters: readonly number[];
  readonly at: number;
  readonly logDensity: number;
  /** 0 where the log-density is infinite. */
  readonly gradient?: number;
}

const edge = (parameters: readonly number[], at: number, logDensity: number, gradient = 0): Edge => ({
  parameters,
  at,
  logDensity,
  gradient,
});
const ends = (parameters: readonly number[]): Edge[] => [
  edge(parameters, Number.NEGATIVE_INFINITY, -Infinity),
  edge(parameters, Number.POSITIVE_INFINITY, -Infinity),
];

const edges: Readonly<Record<DistributionName, readonly Edge[]>> = {
  normal: ends([0, 1]),
  laplace: [...ends([0, 1]), edge([2, 0.5], 2, Math.log(1 / (2 * 0.5)), 0)],
  logistic: ends([0, 1]),
  gumbel: ends([0, 1]),
  student_t: ends([1, 0, 1]),
  lognormal: [edge([0, 1], 0, -Infinity), edge([0, 1], Infinity, -Infinity)],
  // 1 / (high - low), both ends included.
  uniform: [
    edge([0, 1], 0, 0),
    edge([0, 1], 1, 0),
    edge([-2, 6], -2, -Math.log(8)),
    edge([-2, 6], 6, -Math.log(8)),
    edge([0, 0.1], 0.1, Math.log(10)),
  ],
  // rate exp(-rate x): log rate at 0, slope -rate.
  exponential: [edge([3], 0, Math.log(3), -3), edge([0.25], 0, Math.log(0.25), -0.25), edge([3], Infinity, -Infinity)],
  // x^(shape - 1): the exponential's for shape 1, a pole below, 0 above.
  gamma: [
    edge([1, 3], 0, Math.log(3), -3),
    edge([1, 0.5], 0, Math.log(0.5), -0.5),
    edge([0.5, 3], 0, Infinity),
    edge([0.999, 3], 0, Infinity),
    edge([1.001, 3], 0, -Infinity),
    edge([2, 3], 0, -Infinity),
    edge([1, 3], Infinity, -Infinity),
  ],
  // beta(1, b) is b (1 - x)^(b - 1); beta(a, 1) is a x^(a - 1).
  beta: [
    edge([1, 1], 0, 0),
    edge([1, 1], 1, 0),
    edge([1, 3], 0, Math.log(3), -2),
    edge([1, 3], 1, -Infinity),
    edge([4, 1], 1, Math.log(4), 3),
    edge([4, 1], 0, -Infinity),
    edge([1, 0.5], 0, Math.log(0.5), 0.5),
    edge([1, 0.5], 1, Infinity),
    edge([0.5, 1], 0, Infinity),
    edge([0.5, 1], 1, Math.log(0.5), -0.5),
    edge([0.5, 0.5], 0, Infinity),
    edge([0.5, 0.5], 1, Infinity),
    edge([2, 2], 0, -Infinity),
    edge([2, 2], 1, -Infinity),
  ],
  bernoulli: [
    edge([0.3], 0, Math.log(0.7)),
    edge([0.3], 1, Math.log(0.3)),
    edge([0], 0, 0),
    edge([0], 1, -Infinity),
    edge([1], 0, -Infinity),
    edge([1], 1, 0),
    edge([0.3], 2, -Infinity),
  ],
  categorical: [
    edge([0.2, 0.8], 0, Math.log(0.2)),
    edge([0.2, 0.8, 0], 2, -Infinity),
    edge([0, 1], 1, 0),
    edge([0.2, 0.8], -1, -Infinity),
  ],
};

const isDiscrete = (name: string) => name === "bernoulli" || name === "categorical";

describe("the edges of supports", () => {
  before(() => tf.setBackend("cpu"));

  for (const engineName of ["reference", "onnx"])
    it(`have the density and the slope of the closed form (${engineName})`, async () => {
      const engine = createEngine(engineName);
      for (const [name, rows] of Object.entries(edges) as [DistributionName, readonly Edge[]][])
        for (const { parameters, at, logDensity, gradient } of rows) {
          const density = (value: tf.Tensor) => distributions[name].logDensity(value, parameters);
          const program = await engine.compile({
            name,
            inputs: { value: { shape: [1], dtype: "float32" as const } },
            procedure: ({ value }: Readonly<Record<string, tf.Tensor>>) => ({
              logDensity: density(value!),
              ...(isDiscrete(name) ? {} : { gradient: tf.grad((x) => tf.sum(density(x)))(value!) }),
            }),
          });
          const found = await program.run({ value: Float32Array.of(at) });
          await program.dispose();
          const where = `${name}(${parameters.join(", ")}) at ${at}`;
          const value = found.logDensity!.data[0]!;
          if (Number.isFinite(logDensity)) expect(value, where).to.be.closeTo(logDensity, 2e-6);
          else expect(value, where).to.equal(logDensity);
          if (found.gradient) expect(found.gradient.data[0]!, `slope, ${where}`).to.be.closeTo(gradient!, 1e-5);
        }
    });

  it("take a value that single precision puts beside the end for the end", () => {
    // (0.3 - 0.1) / 0.2 is 1 + 1.2e-7 in single precision: x := 0.1 + 0.2 * e at 0.3.
    const single = Math.fround;
    const noise = single(single(single(0.3) - single(0.1)) / single(0.2));
    expect(noise).to.be.greaterThan(1);
    const at = (name: DistributionName, parameters: readonly number[]) =>
      tf.tidy(() => distributions[name].logDensity(tf.tensor1d([noise]), parameters).dataSync()[0]!);
    expect(at("uniform", [0, 1])).to.equal(0);
    expect(at("beta", [4, 1])).to.be.closeTo(Math.log(4), 2e-6);
    expect(at("beta", [1, 0.5])).to.equal(Infinity);
    // A thousandth outside is outside.
    const far = tf.tidy(() => distributions.uniform.logDensity(tf.tensor1d([1.001, -0.001]), [0, 1]).dataSync());
    expect([...far]).to.deep.equal([-Infinity, -Infinity]);
  });

  it("keep draws in single precision where the density is finite, however close to an end they fall", () => {
    const key = RandomKey.fromSeed(3);
    // Half of these draws lie within 1e-30 of an end, which single precision would round onto it.
    for (const parameters of [
      [0.01, 0.01],
      [0.01, 2],
      [2, 0.01],
    ]) {
      const draws = sampleDraws({ size: 1, distribution: "beta", parameters }, 500, key);
      const logDensity = tf.tidy(() => distributions.beta.logDensity(tf.tensor1d(draws), parameters).dataSync());
      expect(logDensity.every(Number.isFinite), `beta(${parameters.join(", ")})`).to.equal(true);
    }
    const tiny = sampleDraws({ size: 1, distribution: "lognormal", parameters: [-200, 1] }, 50, key);
    expect(tiny.every((draw) => draw > 0)).to.equal(true);
  });
});
