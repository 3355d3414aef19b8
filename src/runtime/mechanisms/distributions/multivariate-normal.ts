/**
 * Normal distributions of vectors as affine maps of independent noise, x = loc + A u with u ~ N(0, I) in R^n and A Aᵀ
 * the covariance: what a decoder's heads describe, row by row. A square A is invertible, so that abduction is exact.
 *
 * - independent: A = diag(scale);
 * - full: A = L, the lower Cholesky factor;
 * - low rank, covariance F Fᵀ + D with F `n × r`: x = loc + F e + D^½ u, with a second noise e ~ N(0, I) in R^r. x does
 *   not determine
 *   e, whose posterior is normal: with V = D^-½ F, w = D^-½ (x - loc) and T Tᵀ = I + VᵀV (Cholesky), e | x ~ N((T Tᵀ)⁻¹
 * Vᵀ w, (T Tᵀ)⁻¹).
 *   A draw of it leaves u = w - V e, so that abduction is exact given the draw. A square map, say the Cholesky factor
 * of the covariance,
 *   would need no draw, but where F changes it gives other elements the noise of the old columns; e stays with its
 * column.
 *   log p(x) by the determinant lemma and the Woodbury identity; nothing is larger than n × r.
 *
 * Shapes: values, noise and loc `[rows, n]`; log-densities `[rows]`, in nats.
 */
import * as tf from "../../tensors/core/tfjs.js";
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

export interface LowRankNoise {
  /** u: `[rows, n]`. */
  readonly elements: tf.Tensor;
  /** e: `[rows, r]`. */
  readonly factors: tf.Tensor;
}

export interface LowRankNormal {
  /** x = loc + F e + D^½ u. */
  colour(noise: LowRankNoise): tf.Tensor;
  /** A draw of e from its posterior, made of a standard normal draw, `[rows, r]`, and the u that is left. */
  whiten(value: tf.Tensor, draw: tf.Tensor): LowRankNoise;
  logDensity(value: tf.Tensor): tf.Tensor;
}

/** `factor` F is `[rows, n, r]`; `logVariance`, the log of D's diagonal, `[rows, n]`. */
export function lowRankNormal(loc: tf.Tensor, factor: tf.Tensor, logVariance: tf.Tensor): LowRankNormal {
  const [, size, rank] = factor.shape as [number, number, number];
  const logScale = tf.mul(0.5, logVariance);
  const inverseScale = tf.exp(tf.neg(logScale));
  const scaled = tf.mul(factor, vectorsToColumns(inverseScale));
  const gram = tf.matMul(scaled as tf.Tensor3D, scaled as tf.Tensor3D, true, false);
  const capacitance = choleskyFactor(tf.add(gram, tf.eye(rank)));
  const standardise = (value: tf.Tensor) => tf.mul(tf.sub(value, loc), inverseScale);
  /** T⁻¹ Vᵀ w, as a column. */
  const project = (white: tf.Tensor) => solveLower(capacitance, vectorsToColumns(timesVectors(scaled, white, true)));
  return {
    colour: ({ elements, factors }) =>
      tf.add(loc, tf.add(timesVectors(factor, factors), tf.mul(tf.exp(logScale), elements))),
    whiten(value, draw) {
      const white = standardise(value);
      const around = tf.add(project(white), vectorsToColumns(draw));
      const factors = columnsToVectors(solveLowerTransposed(capacitance, around));
      return { elements: tf.sub(white, timesVectors(scaled, factors)), factors };
    },
    logDensity(value) {
      // wᵀ (I + V Vᵀ)⁻¹ w as |w - V m|² + |m|², m the posterior mean: there it is least, so that an error of m hardly
      // counts.
      const white = standardise(value);
      const mean = columnsToVectors(solveLowerTransposed(capacitance, project(white)));
      const left = tf.sub(white, timesVectors(scaled, mean));
      const quadratic = tf.add(tf.sum(tf.square(left), 1), tf.sum(tf.square(mean), 1));
      const logDeterminant = tf.add(tf.sum(logScale, 1), tf.sum(tf.log(diagonalOf(capacitance)), 1));
      return tf.sub(tf.mul(-0.5, tf.add(quadratic, size * logTwoPi)), logDeterminant);
    },
  };
}

/**
 * The lower factor with diagonal exp(logDiagonal), `[rows, n]`, and the strictly lower entries `[rows, n (n - 1) / 2]`
 * row by row: (1,0), (2,0), (2,1), (3,0) …
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
