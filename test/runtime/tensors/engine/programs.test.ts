/**
 * Whole programs on every engine against the reference engine: training loops with the optimiser's state carried, a
 * spline transform, and programs with constants.
 */
import { expect } from "chai";
import * as tf from "../../../../src/runtime/tensors/core/tfjs.js";
import {
  createEngine,
  type HostData,
  type HostTensor,
  type HostTensors,
  type ProgramSpec,
} from "../../../../src/runtime/tensors/engine/index.js";
import { presentEngines } from "./present-engines.js";
import { affineFlow, denseVae, scalarFlow, spline, type TrainingProgram } from "./programs.js";
import { closeness, randomData } from "./support.js";

function dataOf(tensors: HostTensors): Record<string, HostData> {
  return Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, data]));
}

async function train(engineName: string, { spec, state, perStep }: TrainingProgram, steps: number) {
  const loop = await createEngine(engineName, { threads: 1 }).compileLoop(spec);
  const result = await loop.run(steps, state(), perStep(steps));
  await loop.dispose();
  return result;
}

function expectAllClose(actual: HostTensors, wanted: HostTensors, tolerance: number): void {
  expect(Object.keys(actual)).to.have.members(Object.keys(wanted));
  for (const [name, { data, shape }] of Object.entries(wanted)) {
    expect(actual[name]!.shape, name).to.deep.equal(shape);
    expect(closeness(actual[name]!.data, data), name).to.be.at.most(tolerance);
  }
}

const trained: readonly (readonly [TrainingProgram, number])[] = [
  [denseVae({ pixels: 20, hidden: 24, latent: 3, batch: 16 }), 20],
  [scalarFlow(32), 20],
  [affineFlow(32), 20],
];

const others = presentEngines.filter((name) => name !== "reference");

describe("training loops", () => {
  for (const engineName of others) {
    for (const [program, steps] of trained) {
      it(`${engineName}: ${program.spec.name}, ${steps} steps`, async () => {
        const wanted = await train("reference", program, steps);
        const actual = await train(engineName, program, steps);
        expectAllClose(actual.outputs, wanted.outputs, 1e-4);
        expectAllClose(actual.state, wanted.state, 1e-4);
        expect(actual.outputs.loss!.shape).to.deep.equal([steps]);
        expect(actual.outputs.loss!.data.at(-1)).to.be.below(actual.outputs.loss!.data[0]!);
      });
    }
  }

  for (const engineName of presentEngines) {
    it(`${engineName}: twice 6 steps are 12 steps, bit for bit, and so is a second run`, async () => {
      const { spec, state, perStep } = scalarFlow(16);
      const loop = await createEngine(engineName, { threads: 1 }).compileLoop(spec);
      const inputs = perStep(12);
      const half = (from: number) =>
        Object.fromEntries(
          Object.entries(inputs).map(([key, data]) => [
            key,
            data.slice((from * data.length) / 12, ((from + 6) * data.length) / 12),
          ]),
        );
      const whole = await loop.run(12, state(), inputs);
      const first = await loop.run(6, state(), half(0));
      const second = await loop.run(6, dataOf(first.state), half(6));
      const again = await loop.run(12, state(), inputs);
      await loop.dispose();
      expect(dataOf(second.state)).to.deep.equal(dataOf(whole.state));
      expect(dataOf(again.state)).to.deep.equal(dataOf(whole.state));
      expect(second.outputs.loss!.data).to.deep.equal(whole.outputs.loss!.data.slice(6));
    });
  }
});

function splineProgram(batch: number, bins: number): ProgramSpec {
  return {
    name: "spline",
    inputs: {
      x: { shape: [batch], dtype: "float32" },
      widths: { shape: [batch, bins], dtype: "float32" },
      heights: { shape: [batch, bins], dtype: "float32" },
      slopes: { shape: [batch, bins - 1], dtype: "float32" },
    },
    procedure: ({ x, widths, heights, slopes }) => {
      const total = (value: tf.Tensor) => {
        const { y, logDerivative } = spline(value, widths!, heights!, slopes!, 3);
        return tf.add(tf.sum(y), tf.mul(0, tf.sum(logDerivative))) as tf.Scalar;
      };
      const { y, logDerivative } = spline(x!, widths!, heights!, slopes!, 3);
      return { y, logDerivative, slope: tf.grad(total)(x!) };
    },
  };
}

describe("a rational-quadratic spline", () => {
  for (const engineName of presentEngines) {
    it(`${engineName}: its log-derivative is the log of its gradient`, async () => {
      const [batch, bins] = [40, 6];
      const program = await createEngine(engineName, { threads: 1 }).compile(splineProgram(batch, bins));
      const inputs = {
        x: randomData([batch], -4, 4, false, 1),
        widths: randomData([batch, bins], -1, 1, false, 2),
        heights: randomData([batch, bins], -1, 1, false, 3),
        slopes: randomData([batch, bins - 1], -1, 1, false, 4),
      };
      const { slope, logDerivative, y } = await program.run(inputs);
      await program.dispose();
      expect(closeness(Float32Array.from(slope!.data, Math.log), logDerivative!.data)).to.be.below(1e-3);
      const outside = Array.from(inputs.x, (x, k) => [x, y!.data[k]!] as const).filter(([x]) => Math.abs(x) > 3);
      expect(outside.length).to.be.above(3);
      for (const [x, value] of outside) expect(value).to.equal(x);
    });
  }
});

function constant(shape: readonly number[], seed: number, dtype: "float32" | "uint8" = "float32"): HostTensor {
  const data = randomData(shape, 0, dtype === "uint8" ? 255 : 1, dtype === "uint8", seed);
  return { shape, dtype, data: dtype === "uint8" ? Uint8Array.from(data) : data };
}

const constants = { w: constant([4, 6], 1), b: constant([6], 2), picture: constant([3, 4], 3, "uint8") };

function withConstants(): ProgramSpec {
  return {
    name: "constants",
    inputs: { x: { shape: [3, 4], dtype: "uint8" } },
    constants,
    procedure: ({ x }, { w, b, picture }) => ({
      y: tf.relu(tf.add(tf.matMul(tf.div(x!, 255) as tf.Tensor2D, w as tf.Tensor2D), b!)),
      blend: tf.div(tf.add(x!, picture!), 2),
      bright: tf.greater(x!, 100),
      weights: w!,
      same: x!,
    }),
  };
}

describe("programs with constants", () => {
  for (const engineName of presentEngines) {
    it(`${engineName}: weights and bytes inside the program`, async () => {
      const x = Uint8Array.from({ length: 12 }, (_, k) => k * 20);
      const program = await createEngine(engineName, { threads: 1 }).compile(withConstants());
      const { y, blend, bright, weights, same } = await program.run({ x });
      await program.dispose();
      const rows = [0, 1, 2].flatMap((row) =>
        [0, 1, 2, 3, 4, 5].map((column) => {
          const terms = [0, 1, 2, 3].map((k) => (x[row * 4 + k]! / 255) * constants.w.data[k * 6 + column]!);
          return terms.reduce((a, b) => a + b, constants.b.data[column]!);
        }),
      );
      expect(closeness(y!.data, Float32Array.from(rows))).to.be.below(1e-5);
      expect(Array.from(blend!.data)).to.deep.equal(Array.from(x, (v, k) => (v + constants.picture.data[k]!) / 2));
      expect(Array.from(bright!.data)).to.deep.equal(Array.from(x, (v) => Number(v > 100)));
      expect(bright!.dtype).to.equal("uint8");
      expect(weights!.data).to.deep.equal(constants.w.data);
      expect(same).to.deep.equal({ shape: [3, 4], dtype: "float32", data: Float32Array.from(x) });
    });
  }
});
