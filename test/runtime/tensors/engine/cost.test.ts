/** Costs of graphs whose operations and bytes are counted by hand. */
import { expect } from "chai";
import * as tf from "../../../../src/runtime/tensors/core/tfjs.js";
import type { Tensors } from "../../../../src/runtime/tensors/engine/index.js";
import { programGraph } from "../../../../src/runtime/tensors/engine/onnx/onnx-engine.js";
import { costOf } from "../../../../src/runtime/tensors/engine/operations/cost.js";

type Shapes = Readonly<Record<string, readonly number[]>>;

function cost(shapes: Shapes, compute: (inputs: Tensors) => tf.Tensor, dtype: "float32" | "uint8" = "float32") {
  const inputs = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, { shape, dtype }]));
  return costOf(programGraph({ name: "p", inputs, procedure: (given) => ({ y: compute(given) }) }));
}

describe("the cost of a program", () => {
  it("a layer: 2 · 3 · 4 · 2 in the product, one more an element for the bias and for relu", () => {
    const layer = cost({ x: [3, 4], w: [4, 2], b: [2] }, ({ x, w, b }) =>
      tf.relu(tf.add(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D), b!)),
    );
    expect(layer.productFlops).to.equal(48);
    expect(layer.flops).to.equal(48 + 6 + 6);
    expect(layer.inputs).to.equal(4 * (12 + 8 + 2));
    expect(layer.outputs).to.equal(4 * 6);
    expect(layer.weights).to.equal(0);
  });

  it("a transposed product counts its inner axis", () => {
    const product = cost({ a: [5, 3], b: [2, 5] }, ({ a, b }) => tf.matMul(a!, b!, true, true));
    expect(product.productFlops).to.equal(2 * 3 * 2 * 5);
  });

  it("an einsum counts every combination of labels", () => {
    const sum = cost({ a: [3, 4], b: [2, 4, 5] }, ({ a, b }) => tf.einsum("ij,bjk->bik", a!, b!));
    expect(sum.productFlops).to.equal(2 * 2 * 3 * 4 * 5);
  });

  it("a reduction counts what it reads, moving elements nothing", () => {
    expect(cost({ x: [6, 7] }, ({ x }) => tf.sum(x!, 0)).flops).to.equal(42);
    expect(cost({ x: [6, 7] }, ({ x }) => tf.transpose(x!)).flops).to.equal(0);
  });

  it("bytes are one an element, constants are weights", () => {
    const picture = cost({ x: [10, 10] }, ({ x }) => tf.mul(x!, tf.range(0, 10)), "uint8");
    expect(picture.inputs).to.equal(100);
    expect(picture.weights).to.equal(40);
    expect(picture.outputs).to.equal(400);
  });

  it("the peak of a chain is two of its values, however long it is", () => {
    const chain = (length: number) =>
      cost({ x: [1000] }, ({ x }) => Array.from({ length }).reduce((value: tf.Tensor) => tf.sin(value), x!)).peak;
    expect(chain(2)).to.equal(8000);
    expect(chain(9)).to.equal(8000);
  });

  it("a value is kept until its last use, and a reshape takes no room", () => {
    const kept = cost({ x: [1000] }, ({ x }) => {
      const early = tf.exp(x!);
      return tf.add(tf.sin(tf.sin(tf.reshape(early, [10, 100]))), tf.reshape(early, [10, 100]));
    });
    // exp, the two sines of which one ends where the other begins, and the sum beside exp and the second sine.
    expect(kept.peak).to.equal(3 * 4000);
    const reshaped = cost({ x: [1000] }, ({ x }) => tf.reshape(tf.sin(x!), [10, 100]));
    expect(reshaped.peak).to.equal(4000);
  });
});
