/** The transforms against vectors made with the original packages (test/fixtures/flows). */
import { readFileSync } from "node:fs";
import { expect } from "chai";
import type { Transform } from "../../../../src/runtime/mechanisms/transforms/contract/transform.js";
import { affine } from "../../../../src/runtime/mechanisms/transforms/scalar/affine.js";
import { linearSpline } from "../../../../src/runtime/mechanisms/transforms/scalar/linear-spline.js";
import { quadraticSpline } from "../../../../src/runtime/mechanisms/transforms/scalar/quadratic-spline.js";
import * as tf from "../../../../src/runtime/tensors/core/tfjs.js";
import { expectClose, useReferenceBackend } from "../../close.js";

interface SplineCase {
  name: string;
  params: Record<string, number[]>;
  x: number[];
  y_in: number[];
  float64: {
    y: number[];
    logabsdet: number[];
    x_of_y_in: number[];
    logabsdet_inverse: number[];
    nll_mean: number;
    nll_grad: Record<string, number[]>;
  };
}

interface AffineCase {
  name: string;
  activation: string;
  layers: { weight: number[][]; bias: number[] }[];
  context: number[][];
  x: number[];
  float64: { y: number[]; logabsdet: number[] };
}

const read = (name: string) => JSON.parse(readFileSync(`test/fixtures/flows/${name}.json`, "utf8"));
const column = (values: number[]) => tf.tensor2d(values, [values.length, 1]);
const order = ["unnormalized_widths", "unnormalized_heights", "unnormalized_derivatives", "unnormalized_lambdas"];
const raw = (params: Record<string, number[]>) => order.flatMap((name) => params[name] ?? []);

/** In single precision an edge near 3 is known to 2e-7, so the slope of the narrowest bin (0.006) only to 1e-4. */
const slopeTolerance = 2e-4;
/** The original's outer derivatives are 0.999, so its slope jumps at the box's edge; ours is 1 by default. */
const originalBoundary = 0.999;

describe("splines against the original packages", () => {
  useReferenceBackend();
  const kinds: [string, Transform][] = [
    ["spline_linear", linearSpline(8, originalBoundary)],
    ["spline_quadratic", quadraticSpline(8, originalBoundary)],
  ];
  for (const [file, spline] of kinds)
    for (const vector of read(file).cases as SplineCase[])
      it(`${file}, ${vector.name}: values and log-derivatives both ways, gradient`, () => {
        const theta = tf.tensor2d([raw(vector.params)]);
        expect(theta.shape[1]).to.equal(spline.parameterCount);
        const forward = spline.forward(column(vector.x), theta);
        expectClose(forward.value, vector.float64.y, 2e-5);
        expectClose(forward.logDerivative, vector.float64.logabsdet, slopeTolerance);
        const inverse = spline.inverse(column(vector.y_in), theta);
        expectClose(inverse.value, vector.float64.x_of_y_in, 5e-5);
        expectClose(inverse.logDerivative, vector.float64.logabsdet_inverse, slopeTolerance);
        const { value: mean, grad: gradient } = tf.valueAndGrad((parameters) => {
          const { value, logDerivative } = spline.inverse(column(vector.y_in), parameters);
          return tf.neg(tf.mean(tf.sub(logDerivative, tf.mul(0.5, tf.square(value))))) as tf.Scalar;
        })(theta);
        expectClose(mean, [vector.float64.nll_mean - 0.5 * Math.log(2 * Math.PI)], 2e-5);
        expectClose(gradient, raw(vector.float64.nll_grad), 1e-4);
      });
});

describe("the conditional affine transform against the original packages", () => {
  useReferenceBackend();
  const vectors = read("conditional_affine").cases as AffineCase[];
  for (const vector of vectors)
    it(`${vector.name}: gives the same values and log-derivatives`, () => {
      let hidden: tf.Tensor = tf.tensor2d(vector.context);
      vector.layers.forEach((layer, k) => {
        const output = tf.add(
          tf.matMul(hidden as tf.Tensor2D, tf.tensor2d(layer.weight), false, true),
          tf.tensor1d(layer.bias),
        );
        hidden = k + 1 < vector.layers.length && vector.activation === "relu" ? tf.relu(output) : output;
      });
      const forward = affine.forward(column(vector.x), hidden);
      expectClose(forward.value, vector.float64.y, 2e-5);
      expectClose(forward.logDerivative, vector.float64.logabsdet, 2e-5);
      expectClose(affine.inverse(forward.value, hidden).value, vector.x, 2e-5);
    });

  it("has both networks of the file", () => {
    expect(vectors.map(({ name }) => name)).to.have.members(["linear_1_1", "relu_2_16_16"]);
  });
});
