/**
 * Invertible 1 × 1 convolution (Kingma & Dhariwal 2018): from value to noise, u = W y at every position, W = P L U with
 * a fixed permutation P, L unit lower and U upper triangular; log|det W| = Σ log|U_ii|. P reverses the channels unless
 * given, so that what a coupling passes and what it changes trade places even before L and U are learned.
 */

import * as tf from "../../../tensors/core/tfjs.js";
import type { ParameterSpec } from "../../contract/mechanism.js";
import { solveLower, solveLowerTransposed } from "../../distributions/triangular.js";
import { type ImageLayer, overPositions } from "./image-layer.js";

/** Of |U_ii|: its logarithm and its reciprocal stay finite. */
const smallestPivot = 1e-6;
/** Of the entries beside the diagonal, where training starts. */
const initialSpread = 0.05;

/** `permutation[row]` is the column of P's 1 in that row. `lu` holds U on and above the diagonal, L below it. */
export function channelMixing(
  channels: number,
  permutation: readonly number[] = Array.from({ length: channels }, (_, row) => channels - 1 - row),
): ImageLayer {
  const inverse = permutation.map((_, column) => permutation.indexOf(column));
  const mask = (keep: (row: number, column: number) => boolean) =>
    tf.tensor2d(
      Array.from({ length: channels }, (_, row) =>
        Array.from({ length: channels }, (_, column) => Number(keep(row, column))),
      ),
    );
  const reordered = (matrix: tf.Tensor, order: readonly number[]) =>
    tf.gather(matrix, tf.tensor1d([...order], "int32"), 0);

  function factorsOf(lu: tf.Tensor) {
    const lower = tf.add(
      tf.mul(
        lu,
        mask((row, column) => row > column),
      ),
      tf.eye(channels),
    );
    return {
      lower,
      upper: tf.mul(
        lu,
        mask((row, column) => row <= column),
      ),
    };
  }

  function inverseMatrix(lu: tf.Tensor): tf.Tensor {
    const { lower, upper } = factorsOf(lu);
    const transposed = tf.eye(channels);
    // W⁻¹ = U⁻¹ L⁻¹ Pᵀ; the rows of Pᵀ are the unit vectors in the inverse's order.
    const first = solveLower(tf.expandDims(lower, 0), tf.expandDims(reordered(transposed, inverse), 0));
    return tf.squeeze(solveLowerTransposed(tf.expandDims(tf.transpose(upper), 0), first), [0]);
  }

  /** `matrix` times the channels at every position. */
  function atPositions(image: tf.Tensor, matrix: tf.Tensor): tf.Tensor {
    const rows = tf.reshape(image, [-1, channels]) as tf.Tensor2D;
    return tf.reshape(tf.matMul(rows, matrix as tf.Tensor2D, false, true), image.shape);
  }

  function logPivots(lu: tf.Tensor): tf.Tensor {
    const diagonal = tf.sum(tf.mul(lu, tf.eye(channels)), 1);
    return tf.log(tf.maximum(tf.abs(diagonal), smallestPivot));
  }

  return {
    parameters: { lu: initialFactors(channels) },
    forward: (noise, { lu }) => ({
      value: atPositions(noise, inverseMatrix(lu!)),
      logDerivative: tf.neg(overPositions(logPivots(lu!), noise)),
    }),
    inverse(value, { lu }) {
      const { lower, upper } = factorsOf(lu!);
      const matrix = reordered(tf.matMul(lower as tf.Tensor2D, upper as tf.Tensor2D), permutation);
      return { value: atPositions(value, matrix), logDerivative: overPositions(logPivots(lu!), value) };
    },
  };
}

function initialFactors(channels: number): ParameterSpec {
  return {
    shape: [channels, channels],
    initialise: (key) =>
      key.normal(channels * channels).map((entry, place) => (place % (channels + 1) === 0 ? 1 : initialSpread * entry)),
  };
}
