/** Bijectors of vectors: exact both ways, log-determinants against the numerical Jacobian, and what depends on what. */
import { expect } from "chai";
import type { VectorTransform } from "../../../../src/runtime/mechanisms/transforms/contract/vector-transform.js";
import { affine } from "../../../../src/runtime/mechanisms/transforms/scalar/affine.js";
import { quadraticSpline } from "../../../../src/runtime/mechanisms/transforms/scalar/quadratic-spline.js";
import { autoregressive } from "../../../../src/runtime/mechanisms/transforms/vector/autoregressive.js";
import { coupling } from "../../../../src/runtime/mechanisms/transforms/vector/coupling.js";
import { elementwise } from "../../../../src/runtime/mechanisms/transforms/vector/elementwise.js";
import * as tf from "../../../../src/runtime/tensors/core/tfjs.js";
import type { Tensors } from "../../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../../src/runtime/tensors/random/index.js";
import { expectClose, useReferenceBackend } from "../../close.js";
import { determinantOf } from "./determinant.js";

const size = 5;
const context = 2;
const key = RandomKey.fromSeed(4);

const transforms: Record<string, VectorTransform> = {
  "one coupling layer": coupling(size, context, { layers: 1, hidden: [8] }),
  "six coupling layers": coupling(size, context, { layers: 6, hidden: [8] }),
  "coupling of two elements without parents": coupling(2, 0, { layers: 2, hidden: [4] }),
  "one autoregressive layer": autoregressive(size, context, { layers: 1, hidden: [10, 9] }),
  "three autoregressive layers": autoregressive(size, context, { layers: 3, hidden: [10] }),
  "autoregressive without parents": autoregressive(3, 0, { layers: 2, hidden: [6] }),
  "element-wise affine": elementwise(affine, size, context, [4]),
  "element-wise spline, root": elementwise(quadraticSpline(4), size, 0, [4]),
};

function sizeOf(title: string): number {
  return title.includes("two elements") ? 2 : title === "autoregressive without parents" ? 3 : size;
}

function contextOf(title: string, rows: number): tf.Tensor | null {
  if (title.includes("without parents") || title.includes("root")) return null;
  return tf.tensor2d(key.split("context").normal(rows * context), [rows, context]);
}

function parametersOf({ parameters }: VectorTransform): Tensors {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, { shape, initialise }]) => {
      const start = initialise(key.split(name));
      const shift = key.split(name).split("shift").normal(start.length);
      return [
        name,
        tf.tensor(
          start.map((value, k) => value + 0.2 * shift[k]!),
          [...shape],
        ),
      ];
    }),
  );
}

describe("bijectors of vectors", () => {
  useReferenceBackend();
  for (const [title, transform] of Object.entries(transforms)) {
    const n = sizeOf(title);

    it(`${title}: inverse of forward, and the log-determinants cancel`, () => {
      const rows = 40;
      const parameters = parametersOf(transform);
      const noise = tf.tensor2d(key.split("noise").normal(rows * n), [rows, n]);
      const forward = transform.forward(noise, parameters, contextOf(title, rows));
      const inverse = transform.inverse(forward.value, parameters, contextOf(title, rows));
      expect(forward.logDerivative.shape).to.deep.equal([rows, 1]);
      expectClose(inverse.value, noise.dataSync(), 1e-4);
      expectClose(tf.add(forward.logDerivative, inverse.logDerivative), new Float32Array(rows), 1e-4);
    });

    it(`${title}: log-determinant against the numerical Jacobian`, () => {
      const { jacobian, logDerivative } = jacobianOf(title, transform);
      expect(Math.log(Math.abs(determinantOf(jacobian)))).to.be.closeTo(logDerivative, 5e-3);
    });
  }

  it("an autoregressive layer lets an element depend on earlier ones alone", () => {
    const { jacobian } = jacobianOf("one autoregressive layer", transforms["one autoregressive layer"]!);
    for (let row = 0; row < size; row++)
      for (let column = 0; column < size; column++) {
        if (column > row) expect(jacobian[row]![column]).to.equal(0);
        else expect(jacobian[row]![column]).not.to.equal(0);
      }
  });

  it("a coupling layer passes one half; enough layers mix every two elements", () => {
    const { jacobian: one } = jacobianOf("one coupling layer", transforms["one coupling layer"]!);
    for (let row = 0; row < 3; row++)
      one[row]!.forEach((slope, column) => {
        expect(slope).to.be.closeTo(Number(row === column), 1e-3);
      });
    const { jacobian: six } = jacobianOf("six coupling layers", transforms["six coupling layers"]!);
    expect(six.flat().every((slope) => slope !== 0)).to.equal(true);
  });
});

/** By central differences at one point: `jacobian[output][input]`. */
function jacobianOf(title: string, transform: VectorTransform) {
  const n = sizeOf(title);
  const parameters = parametersOf(transform);
  const point = key.split("point").normal(n);
  const step = 1e-2;
  const rows = 2 * n + 1;
  const points = new Float32Array(rows * n);
  for (let row = 0; row < rows; row++)
    for (let k = 0; k < n; k++) {
      const moved = row < n ? Number(k === row) : row < 2 * n ? -Number(k === row - n) : 0;
      points[row * n + k] = point[k]! + moved * step;
    }
  const oneContext = contextOf(title, 1);
  const contexts = oneContext && tf.tile(oneContext, [rows, 1]);
  const { value, logDerivative } = transform.forward(tf.tensor2d(points, [rows, n]), parameters, contexts);
  const values = value.dataSync();
  const jacobian = Array.from({ length: n }, (_, output) =>
    Array.from(
      { length: n },
      (_, input) => (values[input * n + output]! - values[(n + input) * n + output]!) / (2 * step),
    ),
  );
  return { jacobian, logDerivative: logDerivative.dataSync()[rows - 1]! };
}
