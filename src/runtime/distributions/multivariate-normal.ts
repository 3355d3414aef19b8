/**
 * Normal distributions of vectors as affine maps of independent noise, x = loc + A u with u ~ N(0, I) in R^n and A Aᵀ the
 * covariance: what a decoder's heads describe, row by row. Every A is square and invertible, so abduction is exact.
 *
 * - independent: A = diag(scale);
 * - full: A = L, the lower Cholesky factor;
 * - low rank, covariance F Fᵀ + D with F `n × r`: A = D^½ (I + V (I + T)⁻¹ Vᵀ), with V = D^-½ F and T Tᵀ = I + VᵀV (Cholesky). For
 *   then A Aᵀ = D^½ (I + V Vᵀ) D^½, log|A| = ½ log|D| + log|T| (the determinant lemma), and by the Woodbury identity
 *   A⁻¹ = (I - V (I + Tᵀ)⁻¹ T⁻¹ Vᵀ) D^-½. Nothing is larger than n × r, and no order of the elements is singled out; the
 *   noise is a rotation of the one that the Cholesky factor of the covariance would give.
 *
 * Shapes: values, noise and loc `[rows, n]`; log-densities `[rows]`, in nats.
 */
import * as tf from "../engine/tfjs.js";
import { choleskyFactor, diagonalOf, solveLower, solveLowerTransposed } from "./triangular.js";

const logTwoPi = Math.log(2 * Math.PI);

export interface MultivariateNormal {
  /** x = loc + A u. */
  colour(noise: tf.Tensor): tf.Tensor;
  /** u = A⁻¹ (x - loc): the abducted noise. */
  whiten(value: tf.Tensor): tf.Tensor;
  logDensity(value: tf.Tensor): tf.Tensor;
}

interface Factor {
  apply(noise: tf.Tensor): tf.Tensor;
  solve(residual: tf.Tensor): tf.Tensor;
  /** log|det A|, `[rows]`. */
  readonly logDeterminant: tf.Tensor;
}

function normalOf(loc: tf.Tensor, { apply, solve, logDeterminant }: Factor): MultivariateNormal {
  const whiten = (value: tf.Tensor) => solve(tf.sub(value, loc));
  return {
    colour: (noise) => tf.add(loc, apply(noise)),
    whiten,
    logDensity(value) {
      const quadratic = tf.sum(tf.square(whiten(value)), 1);
      return tf.sub(tf.mul(-0.5, tf.add(quadratic, value.shape[1]! * logTwoPi)), logDeterminant);
    },
  };
}

const vectorsToColumns = (vectors: tf.Tensor) => tf.expandDims(vectors, 2);
const columnsToVectors = (columns: tf.Tensor) => tf.squeeze(columns, [2]);

function timesVectors(matrices: tf.Tensor, vectors: tf.Tensor, transposed = false): tf.Tensor {
  return columnsToVectors(
    tf.matMul(matrices as tf.Tensor3D, vectorsToColumns(vectors) as tf.Tensor3D, transposed, false),
  );
}

/** `logScale` is `[rows, n]`: log standard deviations. */
export function independentNormal(loc: tf.Tensor, logScale: tf.Tensor): MultivariateNormal {
  return normalOf(loc, {
    apply: (noise) => tf.mul(tf.exp(logScale), noise),
    solve: (residual) => tf.mul(residual, tf.exp(tf.neg(logScale))),
    logDeterminant: tf.sum(logScale, 1),
  });
}

/** `lower` is `[rows, n, n]` with a positive diagonal and zeros above it, as `lowerFactor` makes it. */
export function fullNormal(loc: tf.Tensor, lower: tf.Tensor): MultivariateNormal {
  return normalOf(loc, {
    apply: (noise) => timesVectors(lower, noise),
    solve: (residual) => columnsToVectors(solveLower(lower, vectorsToColumns(residual))),
    logDeterminant: tf.sum(tf.log(diagonalOf(lower)), 1),
  });
}

/** `factor` F is `[rows, n, r]`; `logVariance`, the log of D's diagonal, `[rows, n]`. */
export function lowRankNormal(loc: tf.Tensor, factor: tf.Tensor, logVariance: tf.Tensor): MultivariateNormal {
  const rank = factor.shape[2]!;
  const logScale = tf.mul(0.5, logVariance);
  const inverseScale = tf.exp(tf.neg(logScale));
  const scaled = tf.mul(factor, vectorsToColumns(inverseScale));
  const gram = tf.matMul(scaled as tf.Tensor3D, scaled as tf.Tensor3D, true, false);
  const capacitance = choleskyFactor(tf.add(gram, tf.eye(rank)));
  const shifted = tf.add(capacitance, tf.eye(rank));
  /** D^-½ A, and its inverse: an overflowing D stays out of what is solved. */
  const mix = (noise: tf.Tensor) => {
    const inner = solveLower(shifted, vectorsToColumns(timesVectors(scaled, noise, true)));
    return tf.add(noise, timesVectors(scaled, columnsToVectors(inner)));
  };
  const unmix = (white: tf.Tensor) => {
    const projected = vectorsToColumns(timesVectors(scaled, white, true));
    const inner = solveLowerTransposed(shifted, solveLower(capacitance, projected));
    return tf.sub(white, timesVectors(scaled, columnsToVectors(inner)));
  };
  return normalOf(loc, {
    apply: (noise) => tf.mul(tf.exp(logScale), mix(noise)),
    // Where F is large beside D, the difference cancels. What is then missing of the residual is solved for once more.
    solve(residual) {
      const white = tf.mul(residual, inverseScale);
      const first = unmix(white);
      return tf.add(first, unmix(tf.sub(white, mix(first))));
    },
    logDeterminant: tf.add(tf.sum(logScale, 1), tf.sum(tf.log(diagonalOf(capacitance)), 1)),
  });
}

/**
 * The lower factor with diagonal exp(logDiagonal), `[rows, n]`, and the strictly lower entries `[rows, n (n - 1) / 2]` row by row:
 * (1,0), (2,0), (2,1), (3,0) …
 */
export function lowerFactor(entries: tf.Tensor, logDiagonal: tf.Tensor): tf.Tensor {
  const n = logDiagonal.shape[1]!;
  const below = (n * (n - 1)) / 2;
  const source = tf.concat([entries, tf.exp(logDiagonal), tf.zeros([logDiagonal.shape[0]!, 1])], 1);
  const places = Array.from({ length: n * n }, (_, place) => {
    const [row, column] = [Math.floor(place / n), place % n];
    if (column > row) return below + n;
    return column === row ? below + row : (row * (row - 1)) / 2 + column;
  });
  return tf.reshape(tf.gather(source, tf.tensor1d(places, "int32"), 1), [-1, n, n]);
}

/** F Fᵀ + D, `[rows, n, n]`. */
export function lowRankCovariance(factor: tf.Tensor, logVariance: tf.Tensor): tf.Tensor {
  const product = tf.matMul(factor as tf.Tensor3D, factor as tf.Tensor3D, false, true);
  return tf.add(product, tf.mul(vectorsToColumns(tf.exp(logVariance)), tf.eye(factor.shape[1]!)));
}
