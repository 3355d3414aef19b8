/**
 * Laws of every transform that `flow` can name, and of lists of them, on the compiled engine: the inverse undoes the
 * map; the log-determinant is the numerical Jacobian's; the density integrates to one (a grid for one element,
 * importance sampling for several) and gives samples their frequencies; gradients reach every parameter. Statistical
 * bounds have false alarms of 1e-6.
 */
import { expect } from "chai";
import { type MechanismName, mechanisms, transforms } from "../../../../src/model/catalogue/catalogue.js";
import { completeOptions } from "../../../../src/model/catalogue/options.js";
import { distributions } from "../../../../src/runtime/mechanisms/distributions/index.js";
import { createVectorChain, type VectorChain } from "../../../../src/runtime/mechanisms/kinds/vector-chain.js";
import { transformsOf } from "../../../../src/runtime/mechanisms/transforms/registry.js";
import { elementwise } from "../../../../src/runtime/mechanisms/transforms/vector/elementwise.js";
import { vectorTransformsOf } from "../../../../src/runtime/mechanisms/transforms/vector-registry.js";
import * as tf from "../../../../src/runtime/tensors/core/tfjs.js";
import { createEngine, type HostData, type HostTensors } from "../../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../../src/runtime/tensors/random/index.js";
import type { OptionCall } from "../../../../src/schema/types.js";
import { expectMean } from "../importance.js";
import { determinantOf } from "./determinant.js";

interface Case {
  readonly calls: readonly OptionCall[];
  readonly size: number;
  readonly image?: { height: number; width: number; channels: number };
  /** The distribution of the values to integrate over: Student's t of scale 2 by default. */
  readonly proposal?: { readonly name: "student_t" | "uniform"; readonly parameters: readonly number[] };
}

const engine = createEngine("onnx");
const key = RandomKey.fromSeed(12);
const contextSize = 2;
const call = (name: string, options: OptionCall["options"] = {}): OptionCall => ({ call: name, options });
const square = { height: 2, width: 2, channels: 1 };

const cases: Record<string, Case> = {
  affine: { calls: [call("affine")], size: 1 },
  "spline, linear": { calls: [call("spline", { bins: 5 })], size: 1 },
  "spline, quadratic": { calls: [call("spline", { bins: 5, order: "quadratic" })], size: 1 },
  gaussianisation: { calls: [call("gaussianisation", { components: 3 })], size: 1 },
  coupling: { calls: [call("coupling", { layers: 3, hidden: [6] })], size: 3 },
  autoregressive: { calls: [call("autoregressive", { layers: 2, hidden: [7] })], size: 3 },
  "affine, spline, coupling": {
    calls: [call("affine"), call("spline", { bins: 4 }), call("coupling", { layers: 2, hidden: [6] })],
    size: 3,
  },
  "gaussianisation, autoregressive": {
    calls: [call("gaussianisation", { components: 2 }), call("autoregressive", { layers: 1, hidden: [6] })],
    size: 2,
  },
  "multiscale, pixels": {
    calls: [call("multiscale", { levels: 1, steps: 2, hidden: 3 }), call("pixels")],
    size: 4,
    image: square,
    // All that this map reaches.
    proposal: { name: "uniform", parameters: [-13.4736, 256] },
  },
  "multiscale, spline, pixels of glow": {
    calls: [
      call("multiscale", { levels: 1, steps: 1, hidden: 3 }),
      call("spline", { bins: 4 }),
      call("pixels", { map: "glow" }),
    ],
    size: 4,
    image: square,
    proposal: { name: "student_t", parameters: [3, 128, 400] },
  },
};

function chainOf({ calls, size, image }: Case): VectorChain {
  const kind: MechanismName = "flow";
  const { options } = completeOptions(
    mechanisms[kind].options,
    [["transform", [...calls]]],
    true,
    image ? "image" : "vector",
  );
  if (size === 1)
    return createVectorChain(
      transformsOf(options.transform, "y").map((transform) => elementwise(transform, 1, contextSize, [5])),
    );
  return createVectorChain(
    vectorTransformsOf(options.transform, { size, contextSize, hidden: [5], image: image ?? null }, "y"),
  );
}

function parametersOf(chain: VectorChain): HostTensors {
  return Object.fromEntries(
    Object.entries(chain.parameters).map(([name, { shape, initialise }]) => {
      const start = initialise(key.split(name));
      const shift = key.split(name).split("shift").normal(start.length);
      return [name, { shape, dtype: "float32", data: start.map((value, k) => value + 0.2 * shift[k]!) }];
    }),
  );
}

/** Runs a procedure over rows at one context. */
async function evaluate(
  chain: VectorChain,
  inputs: Record<string, { data: Float32Array; size: number }>,
  procedure: (
    given: Record<string, tf.Tensor>,
    parameters: Record<string, tf.Tensor>,
    context: tf.Tensor,
  ) => Record<string, tf.Tensor>,
): Promise<Record<string, HostData>> {
  const program = await engine.compile({
    name: "transform",
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([name, { data, size }]) => [
        name,
        { shape: [data.length / size, size], dtype: "float32" as const },
      ]),
    ),
    constants: parametersOf(chain),
    procedure(given, parameters) {
      const rows = Object.values(given)[0]!.shape[0]!;
      return procedure({ ...given }, { ...parameters }, tf.tile(tf.tensor2d([[0.4, -0.9]]), [rows, 1]));
    },
  });
  const outputs = await program.run(Object.fromEntries(Object.entries(inputs).map(([name, { data }]) => [name, data])));
  await program.dispose();
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data]));
}

/** Values from the case's proposal, and its density there. */
function proposals({ size, proposal = { name: "student_t", parameters: [3, 0, 2] } }: Case, rows: number) {
  const distribution = distributions[proposal.name];
  const data = Float32Array.from(distribution.sample(key.split("proposals"), rows * size, proposal.parameters));
  const logDensities = tf.tidy(() =>
    Float32Array.from(distribution.logDensity(tf.tensor1d(data), proposal.parameters).dataSync()),
  );
  const logProposal = Float64Array.from({ length: rows }, (_, row) =>
    logDensities.subarray(row * size, (row + 1) * size).reduce((sum, value) => sum + value, 0),
  );
  return { data, logProposal };
}

describe("laws of transforms on the compiled engine", () => {
  before(() => tf.setBackend("cpu"));

  it("has a case for every transform of the catalogue", () => {
    const named = new Set(Object.values(cases).flatMap(({ calls }) => calls.map((one) => one.call)));
    expect([...named]).to.have.members(Object.keys(transforms));
  });

  for (const [title, given] of Object.entries(cases)) {
    const { size } = given;
    const chain = chainOf(given);

    it(`${title}: the inverse undoes the map`, async () => {
      const noise = key.split("noise").normal(200 * size);
      const { again } = await evaluate(chain, { noise: { data: noise, size } }, (inputs, parameters, context) => ({
        again: chain.noiseOf(chain.valueOf(inputs.noise!, parameters, context), parameters, context).value,
      }));
      noise.forEach((value, k) => {
        expect(again![k]).to.be.closeTo(value, 2e-4 * Math.max(1, Math.abs(value)));
      });
    });

    it(`${title}: the log-determinant is the numerical Jacobian's`, async () => {
      // Steps in the noise, where every case has unit scale.
      const step = 5e-3;
      const point = key.split("point").normal(size);
      const rows = Array.from({ length: 2 * size + 1 }, (_, row) =>
        Array.from(point, (value, k) => value + (row === k ? step : row === k + size ? -step : 0)),
      );
      const { value, logDerivative } = await evaluate(
        chain,
        { noise: { data: Float32Array.from(rows.flat()), size } },
        (inputs, parameters, context) => {
          const values = chain.valueOf(inputs.noise!, parameters, context);
          return { value: values, logDerivative: chain.noiseOf(values, parameters, context).logDerivative };
        },
      );
      const jacobian = Array.from({ length: size }, (_, output) =>
        Array.from(
          { length: size },
          (_, input) => (value![input * size + output]! - value![(input + size) * size + output]!) / (2 * step),
        ),
      );
      expect(logDerivative![2 * size]).to.be.closeTo(-Math.log(Math.abs(determinantOf(jacobian))), 1e-2);
    });

    it(`${title}: the density integrates to one and gives samples their frequencies`, async () => {
      const rows = 40_000;
      const { data, logProposal } = proposals(given, rows);
      const noise = key.split("sample").normal(rows * size);
      const { logDensity, sample } = await evaluate(
        chain,
        { value: { data, size }, noise: { data: noise, size } },
        (inputs, parameters, context) => ({
          logDensity: chain.logDensity(inputs.value!, parameters, context),
          sample: chain.valueOf(inputs.noise!, parameters, context),
        }),
      );
      const weights = logProposal.map((proposal, row) => Math.exp(logDensity![row]! - proposal));
      expectMean(weights, () => 1, null, "the density's integral");
      for (let element = 0; element < size; element++) {
        const sorted = Float32Array.from({ length: rows }, (_, row) => sample![row * size + element]!).sort();
        for (const level of [0.1, 0.5, 0.9]) {
          const cut = sorted[Math.floor(level * rows)]!;
          const isBelow = (row: number) => Number(data[row * size + element]! < cut);
          expectMean(weights, isBelow, level, `P(y${element} < ${cut})`);
        }
      }
    });

    it(`${title}: gradients reach every parameter`, async () => {
      const names = Object.keys(chain.parameters);
      if (names.length === 0) return;
      const noise = key.split("gradients").normal(50 * size);
      const gradients = await evaluate(chain, { noise: { data: noise, size } }, (inputs, parameters, context) => {
        const value = chain.valueOf(inputs.noise!, parameters, context);
        const found = tf.grads((...tensors: tf.Tensor[]) =>
          tf.mean(chain.logDensity(value, Object.fromEntries(names.map((name, k) => [name, tensors[k]!])), context)),
        )(names.map((name) => parameters[name]!));
        return Object.fromEntries(names.map((name, k) => [name, found[k]!]));
      });
      for (const name of names) {
        expect([...gradients[name]!].every(Number.isFinite), `${name} finite`).to.equal(true);
        expect(
          [...gradients[name]!].some((value) => value !== 0),
          `${name} not all zero`,
        ).to.equal(true);
      }
    });
  }
});
