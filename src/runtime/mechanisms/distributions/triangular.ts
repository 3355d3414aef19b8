/**
 * Batches of small triangular systems and Cholesky factors by halving, in ops that every engine has: a block of one is
 * a division or a square root, two blocks are joined by a product. About eight ops a row, so for tens of rows, not for
 * thousands.
 *
 * Shapes: matrices `[rows, n, n]`, right-hand sides `[rows, n, k]`; only the lower triangle of a matrix is read.
 */
import * as tf from "../../tensors/core/tfjs.js";

/** A pivot of a matrix that rounding made indefinite. */
const smallestPivot = 1e-20;

function block(matrix: tf.Tensor, [top, left]: [number, number], [height, width]: [number, number]): tf.Tensor {
  return tf.slice(matrix, [0, top, left], [-1, height, width]);
}

function product(a: tf.Tensor, b: tf.Tensor, transposeA = false, transposeB = false): tf.Tensor {
  return tf.matMul(a as tf.Tensor3D, b as tf.Tensor3D, transposeA, transposeB);
}

/** L⁻¹ B by forward substitution. */
export function solveLower(lower: tf.Tensor, right: tf.Tensor): tf.Tensor {
  const [, n, columns] = right.shape as [number, number, number];
  if (n === 1) return tf.div(right, lower);
  const half = n >> 1;
  const first = solveLower(block(lower, [0, 0], [half, half]), block(right, [0, 0], [half, columns]));
  const rest = block(right, [half, 0], [n - half, columns]);
  const below = tf.sub(rest, product(block(lower, [half, 0], [n - half, half]), first));
  return tf.concat([first, solveLower(block(lower, [half, half], [n - half, n - half]), below)], 1);
}

/** L⁻ᵀ B by back substitution. */
export function solveLowerTransposed(lower: tf.Tensor, right: tf.Tensor): tf.Tensor {
  const [, n, columns] = right.shape as [number, number, number];
  if (n === 1) return tf.div(right, lower);
  const half = n >> 1;
  const rest = block(right, [half, 0], [n - half, columns]);
  const second = solveLowerTransposed(block(lower, [half, half], [n - half, n - half]), rest);
  const above = tf.sub(
    block(right, [0, 0], [half, columns]),
    product(block(lower, [half, 0], [n - half, half]), second, true),
  );
  return tf.concat([solveLowerTransposed(block(lower, [0, 0], [half, half]), above), second], 1);
}

/** The lower L with L Lᵀ = A. */
export function choleskyFactor(matrix: tf.Tensor): tf.Tensor {
  const n = matrix.shape[1]!;
  if (n === 1) return tf.sqrt(tf.maximum(matrix, smallestPivot));
  const half = n >> 1;
  const first = choleskyFactor(block(matrix, [0, 0], [half, half]));
  const corner = block(matrix, [half, 0], [n - half, half]);
  const below = tf.transpose(solveLower(first, tf.transpose(corner, [0, 2, 1])), [0, 2, 1]);
  const rest = tf.sub(block(matrix, [half, half], [n - half, n - half]), product(below, below, false, true));
  const zeros = tf.zeros([matrix.shape[0]!, half, n - half]);
  return tf.concat([tf.concat([first, zeros], 2), tf.concat([below, choleskyFactor(rest)], 2)], 1);
}

/** The diagonals, `[rows, n]`. */
export function diagonalOf(matrix: tf.Tensor): tf.Tensor {
  const n = matrix.shape[1]!;
  return tf.sum(tf.mul(matrix, tf.eye(n)), 2);
}
