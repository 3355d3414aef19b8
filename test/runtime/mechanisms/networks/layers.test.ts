/**
 * Layers of image networks: what they compute, and that both engines agree on their values, gradients and statistics.
 */
import { expect } from "chai";
import {
  convolution,
  transposedConvolution,
  upSample,
} from "../../../../src/runtime/mechanisms/networks/convolutions.js";
import { dense } from "../../../../src/runtime/mechanisms/networks/dense.js";
import {
  inferenceRun,
  type Layer,
  relu,
  sequence,
  trainingRun,
} from "../../../../src/runtime/mechanisms/networks/layer.js";
import { batchNorm, layerNorm } from "../../../../src/runtime/mechanisms/networks/normalisation.js";
import { fromPatches, mixerBlock, toPatches } from "../../../../src/runtime/mechanisms/networks/patches.js";
import * as tf from "../../../../src/runtime/tensors/core/tfjs.js";
import { createEngine, type Engine, type HostTensor } from "../../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../../src/runtime/tensors/random/index.js";
import { expectClose } from "../../close.js";
import { presentEngines } from "../../tensors/engine/present-engines.js";

const key = RandomKey.fromSeed(8);
const grid = { rows: 2, columns: 3, side: 2 };

interface Case {
  readonly layer: Layer;
  readonly input: readonly number[];
  readonly output: readonly number[];
}

const cases: Record<string, Case> = {
  dense: { layer: dense("a", 5, 3), input: [4, 5], output: [4, 3] },
  "dense along the last axis of three": {
    layer: dense("a", 5, 3, { bias: false }),
    input: [2, 4, 5],
    output: [2, 4, 3],
  },
  convolution: {
    layer: convolution("a", { inputs: 2, outputs: 3, kernel: 4, stride: 2 }),
    input: [3, 6, 4, 2],
    output: [3, 3, 2, 3],
  },
  "transposed convolution": {
    layer: transposedConvolution("a", { inputs: 3, outputs: 2, kernel: 4, stride: 2 }),
    input: [3, 3, 2, 3],
    output: [3, 6, 4, 2],
  },
  "batch normalisation": { layer: batchNorm("a", 3), input: [4, 2, 2, 3], output: [4, 2, 2, 3] },
  "layer normalisation": { layer: layerNorm("a", 6), input: [4, 2, 6], output: [4, 2, 6] },
  "up-sampling": { layer: upSample(2), input: [2, 2, 3, 2], output: [2, 4, 6, 2] },
  patches: { layer: toPatches(grid, 2), input: [2, 4, 6, 2], output: [2, 6, 8] },
  "patches put together": { layer: fromPatches(grid, 2), input: [2, 6, 8], output: [2, 4, 6, 2] },
  mixer: { layer: mixerBlock("a", 6, 8), input: [3, 6, 8], output: [3, 6, 8] },
  "several layers": {
    layer: sequence(dense("a", 5, 4, { bias: false }), batchNorm("b", 4), relu, dense("c", 4, 2, { gain: 1 })),
    input: [6, 5],
    output: [6, 2],
  },
};

function numbers(shape: readonly number[], name: string): HostTensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return { shape, dtype: "float32", data: key.split(name).normal(count) };
}

/** Value in training and at inference, gradients of a sum of squares and the batch's statistics, on one engine. */
async function evaluated(engine: Engine, { layer, input }: Case): Promise<Record<string, HostTensor>> {
  const learned = Object.entries(layer.parameters).map(([name, { shape }]) => [name, numbers(shape, name)] as const);
  const buffers = Object.entries(layer.buffers).map(([name, { shape }]) => {
    const tensor = numbers(shape, name);
    return [name, { ...tensor, data: Float32Array.from(tensor.data, (value) => 1 + value * value) }] as const;
  });
  const names = learned.map(([name]) => name);
  const program = await engine.compile({
    name: "layer",
    inputs: { input: { shape: input, dtype: "float32" } },
    constants: Object.fromEntries([...learned, ...buffers]),
    procedure(given, constants) {
      const run = trainingRun(constants);
      const training = layer.apply(run, given.input!);
      const gradients = tf.grads((x: tf.Tensor, ...tensors: tf.Tensor[]) => {
        const varied = Object.fromEntries(names.map((name, k) => [name, tensors[k]!]));
        return tf.sum(tf.square(tf.add(layer.apply(trainingRun(varied), x), 0.5)));
      })([given.input!, ...names.map((name) => constants[name]!)]);
      return {
        training,
        inference: layer.apply(inferenceRun(constants), given.input!),
        ...Object.fromEntries(Object.entries(run.statistics).map(([name, tensor]) => [`statistic ${name}`, tensor])),
        ...Object.fromEntries(["input", ...names].map((name, k) => [`gradient ${name}`, gradients[k]!])),
      };
    },
  });
  const outputs = await program.run({ input: numbers(input, "input").data });
  await program.dispose();
  return { ...outputs };
}

describe("layers of image networks", () => {
  for (const [title, layerCase] of Object.entries(cases))
    it(`${title}: the shape, and the same numbers on every engine`, async () => {
      const [first, ...others] = await Promise.all(
        presentEngines.map((name) => evaluated(createEngine(name), layerCase)),
      );
      expect(first!.training!.shape).to.deep.equal(layerCase.output);
      expect(Object.keys(first!).filter((name) => name.startsWith("statistic "))).to.have.lengthOf(
        Object.keys(layerCase.layer.buffers).length,
      );
      for (const other of others)
        for (const [name, { data }] of Object.entries(first!)) expectClose(other[name]!.data, data, 1e-3);
    });

  const run = async (layer: Layer, input: HostTensor, constants: Record<string, HostTensor> = {}) => {
    const program = await createEngine("reference").compile({
      name: "layer",
      inputs: { input: { shape: input.shape, dtype: "float32" } },
      constants,
      procedure: (given, tensors) => ({ output: layer.apply(trainingRun(tensors), given.input!) }),
    });
    return [...(await program.run({ input: input.data })).output!.data];
  };

  it("batch normalisation gives each channel mean 0 and variance 1", async () => {
    const ones = { shape: [3], dtype: "float32", data: Float32Array.of(1, 1, 1) } as const;
    const zeros = { ...ones, data: new Float32Array(3) };
    const input = numbers([50, 2, 3], "wide");
    const shifted = { ...input, data: Float32Array.from(input.data, (value, k) => 5 * value + (k % 3)) };
    const values = await run(batchNorm("a", 3), shifted, { "a.gain": ones, "a.shift": zeros });
    for (let channel = 0; channel < 3; channel++) {
      const own = values.filter((_, k) => k % 3 === channel);
      const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
      expect(mean).to.be.closeTo(0, 1e-5);
      expect(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length).to.be.closeTo(1, 1e-4);
    }
  });

  it("up-sampling repeats pixels, patches go back to the image", async () => {
    const image = { shape: [1, 2, 2, 1], dtype: "float32", data: Float32Array.of(1, 2, 3, 4) } as const;
    expect(await run(upSample(2), image)).to.deep.equal([1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4]);
    const wide = numbers([2, 4, 6, 2], "image");
    expect(await run(sequence(toPatches(grid, 2), fromPatches(grid, 2)), wide)).to.deep.equal([...wide.data]);
    // The first patch is the upper left square.
    const patches = await run(toPatches(grid, 2), wide);
    expect(patches.slice(0, 8)).to.deep.equal([...wide.data.slice(0, 4), ...wide.data.slice(12, 16)]);
  });
});
