/**
 * Batch normalisation: value, moments and gradients are those of the plain formula, differentiated automatically.
 */
import { expect } from "chai";
import {
  normalised,
  normalisedBy,
  varianceFloor,
} from "../../../../src/runtime/mechanisms/networks/batch-normalisation.js";
import * as tf from "../../../../src/runtime/tensors/core/tfjs.js";
import { createEngine, type ProgramSpec, type Tensors } from "../../../../src/runtime/tensors/engine/index.js";
import { closeness, randomData } from "../../tensors/engine/support.js";

function plainly(x: tf.Tensor, scale: tf.Tensor, shift: tf.Tensor) {
  const axes = x.shape.map((_, axis) => axis).slice(0, -1);
  const { mean, variance } = tf.moments(x, axes);
  const value = tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, varianceFloor))), scale), shift);
  return { value, mean, variance };
}

function program(normalise: typeof plainly, shape: readonly number[]): ProgramSpec {
  const channels = [shape.at(-1)!];
  const spec = (of: readonly number[]) => ({ shape: of, dtype: "float32" }) as const;
  const procedure = ({ x, scale, shift }: Tensors) => {
    const objective = (...all: tf.Tensor[]) => {
      const { value } = normalise(all[0]!, all[1]!, all[2]!);
      return tf.sum(tf.mul(value, tf.reshape(tf.sin(tf.range(0, value.size)), value.shape))) as tf.Scalar;
    };
    const [dx, dScale, dShift] = tf.grads(objective)([x!, scale!, shift!]) as [tf.Tensor, tf.Tensor, tf.Tensor];
    return { ...normalise(x!, scale!, shift!), dx, dScale, dShift };
  };
  return { name: "normalise", inputs: { x: spec(shape), scale: spec(channels), shift: spec(channels) }, procedure };
}

describe("batch normalisation", () => {
  for (const engineName of ["onnx", "reference"]) {
    for (const shape of [
      [20, 17],
      [4, 3, 5, 16],
    ]) {
      it(`${engineName}: of [${shape}] is the plain formula`, async () => {
        const inputs = {
          x: randomData(shape, 2, 5, false, 1),
          scale: randomData([shape.at(-1)!], 0.5, 2, false, 2),
          shift: randomData([shape.at(-1)!], -1, 1, false, 3),
        };
        const run = async (engine: string, normalise: typeof plainly) =>
          (await createEngine(engine, { threads: 1 }).compile(program(normalise, shape))).run(inputs as never);
        const wanted = await run("reference", plainly);
        const actual = await run(engineName, normalised as typeof plainly);
        for (const name of ["value", "mean", "variance", "dx", "dScale", "dShift"]) {
          expect(closeness(actual[name]!.data, wanted[name]!.data), name).to.be.below(1e-4);
        }
      });
    }
  }

  it("by given moments is an affine map", async () => {
    const spec = { shape: [3, 2], dtype: "float32" } as const;
    const procedure = ({ x }: Tensors) => {
      const moments = { mean: tf.tensor1d([1, 2]), variance: tf.tensor1d([4, 9]) };
      return { y: normalisedBy(moments, x!, tf.tensor1d([1, 3]), tf.tensor1d([0, 1])) };
    };
    const loaded = await createEngine("onnx").compile({ name: "fixed", inputs: { x: spec }, procedure });
    const { y } = await loaded.run({ x: Float32Array.of(1, 2, 3, 5, -1, -1) });
    expect(closeness(y!.data, Float32Array.of(0, 1, 1, 4, -1, -2))).to.be.below(1e-4);
  });
});
