/**
 * Log-densities of every noise distribution and their gradients on the compiled engine: those of the plain one, tails
 * and outside included.
 */
import { expect } from "chai";
import { type DistributionName, distributions } from "../../../../src/runtime/mechanisms/distributions/index.js";
import * as tf from "../../../../src/runtime/tensors/core/tfjs.js";
import { createEngine } from "../../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../../src/runtime/tensors/random/index.js";

const cases: Readonly<Record<DistributionName, readonly number[]>> = {
  normal: [-3, 0.2],
  uniform: [-4, 3],
  gamma: [0.4, 3],
  exponential: [0.2],
  beta: [2, 0.7],
  laplace: [2, 0.3],
  logistic: [-1, 4],
  gumbel: [5, 2],
  student_t: [3, 1, 0.5],
  lognormal: [1, 0.25],
  bernoulli: [0.3],
  categorical: [0.2, 0.5, 0.3],
};
const drawn = 200;

describe("noise distributions on the compiled engine", () => {
  const reference = createEngine("reference");
  const compiled = createEngine("onnx");

  for (const [name, parameters] of Object.entries(cases))
    it(name, async () => {
      const distribution = distributions[name as DistributionName];
      const { kind, low, high } = distribution.support(parameters);
      const far = [low - 1, high + 1, low - 1e6, high + 1e6, 40, -40].filter(Number.isFinite);
      const sample = distribution.sample(RandomKey.fromSeed(5), drawn, parameters);
      const values = Float32Array.from([...sample, ...(kind === "integers" ? [0.5, -1, 7] : far)]);
      const spec = {
        name,
        inputs: { value: { shape: [values.length], dtype: "float32" as const } },
        procedure: ({ value }: Readonly<Record<string, tf.Tensor>>) => {
          const logDensity = (at: tf.Tensor) => distribution.logDensity(at, parameters);
          if (kind === "integers") return { logDensity: logDensity(value!) };
          return { logDensity: logDensity(value!), gradient: tf.grad((at) => tf.sum(logDensity(at)))(value!) };
        },
      };
      const [expected, found] = await Promise.all(
        [reference, compiled].map(async (engine) => {
          const program = await engine.compile(spec);
          const outputs = await program.run({ value: values });
          await program.dispose();
          return outputs;
        }),
      );
      for (const [output, { data }] of Object.entries(expected!))
        data.forEach((value, k) => {
          const other = found![output]!.data[k]!;
          if (Number.isFinite(value))
            expect(other, `${output} at ${values[k]}`).to.be.closeTo(value, 1e-4 * Math.max(1, Math.abs(value)));
          else expect(other, `${output} at ${values[k]}`).to.equal(value);
        });
    });
});
