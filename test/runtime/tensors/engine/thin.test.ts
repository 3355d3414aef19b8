/**
 * Programs of tall thin tensors: what the simplifier makes of them, and that their values and gradients stay what they
 * were.
 */
import { expect } from "chai";
import * as tf from "../../../../src/runtime/tensors/core/tfjs.js";
import type { Node } from "../../../../src/runtime/tensors/engine/graph/node.js";
import { topologicalOrder } from "../../../../src/runtime/tensors/engine/graph/node.js";
import { createEngine, type ProgramSpec } from "../../../../src/runtime/tensors/engine/index.js";
import { programGraph } from "../../../../src/runtime/tensors/engine/onnx/onnx-engine.js";
import { isElementwise } from "../../../../src/runtime/tensors/engine/operations/elementwise.js";
import { closeness, randomData } from "./support.js";

const rows = 1500;

/**
 * Columns with numbers, with each other and with a table of eight columns; sums of rows and of columns; gradients of it
 * all.
 */
const spec: ProgramSpec = {
  name: "thin",
  inputs: {
    x: { shape: [rows, 1], dtype: "float32" },
    y: { shape: [rows, 1], dtype: "float32" },
    table: { shape: [1, 8], dtype: "float32" },
    few: { shape: [3, 1], dtype: "float32" },
  },
  procedure: ({ x, y, table, few }) => {
    const value = (x1: tf.Tensor, y1: tf.Tensor, table1: tf.Tensor) => {
      const column = tf.where(tf.greater(x1, 0.25), tf.sub(tf.mul(x1, 3), y1), tf.exp(tf.sub(1, y1)));
      const wide = tf.mul(tf.tanh(column), table1);
      return { column, rowSums: tf.sum(wide, 1), columnSums: tf.sum(wide, 0), kept: tf.sum(wide, 1, true) };
    };
    const gradients = tf.grads((x1: tf.Tensor, y1: tf.Tensor, table1: tf.Tensor) => {
      const { rowSums, columnSums } = value(x1, y1, table1);
      return tf.add(tf.mean(tf.square(rowSums)), tf.sum(tf.square(tf.div(columnSums, rows))));
    })([x!, y!, table!]);
    return {
      ...value(x!, y!, table!),
      dx: gradients[0]!,
      dy: gradients[1]!,
      dTable: gradients[2]!,
      few: tf.add(few!, 1),
    };
  },
};

const inputs = {
  x: randomData([rows, 1], -1, 1, false, 1),
  y: randomData([rows, 1], -1, 1, false, 2),
  table: randomData([1, 8], -1, 1, false, 3),
  few: randomData([3, 1], -1, 1, false, 4),
};

function nodes(): readonly Node[] {
  return topologicalOrder(Object.values(programGraph(spec).outputs));
}

describe("tall thin tensors", () => {
  it("have no trailing axis of length 1 in element-wise operations, unless they are short", () => {
    const columns = nodes().filter((node) => isElementwise(node) && node.shape.at(-1) === 1);
    expect(columns.map(({ shape }) => shape)).to.deep.equal([[3, 1]]);
    expect(nodes().some((node) => isElementwise(node) && node.shape.length === 1)).to.equal(true);
  });

  it("are summed along rows and columns by products", () => {
    const sums = nodes().filter(({ op, operands }) => op === "ReduceSum" && operands[0]!.shape.length === 2);
    expect(sums).to.deep.equal([]);
  });

  it("keep their values and gradients", async () => {
    const [onnx, reference] = await Promise.all(
      ["onnx", "reference"].map(async (name) => {
        const program = await createEngine(name, { threads: 1 }).compile(spec);
        const outputs = await program.run(inputs);
        await program.dispose();
        return outputs;
      }),
    );
    for (const [name, { data, shape }] of Object.entries(reference!)) {
      expect(onnx![name]!.shape, name).to.deep.equal(shape);
      // Sums of 1,500 numbers below 1, in another order: some 100 in all, to six digits.
      expect(closeness(onnx![name]!.data, data), name).to.be.lessThan(1e-4);
    }
  });
});
