/**
 * Enlarging and smoothing, or smoothing and reducing, along one axis as a single matrix. Bicubic convolution and the
 * Gaussian are linear and separable (but for the clipping between them), so each output position is a fixed weighted
 * sum of a few neighbouring input positions. Used by the fast mode only: the original computes them one after another.
 */
import { interpolateCubic, mirrorAboutEdge } from "./bicubic.js";
import { reflectRepeatingEdge, smoothingKernel } from "./gaussian.js";

/** Output position o is the sum of weights[o · taps + k] · input[first[o] + k]. */
export interface LinearOperator {
  readonly taps: number;
  readonly first: Int32Array;
  readonly weights: Float64Array;
}

/** Weights of the samples at -1, 0, 1, 2 for a position at a fraction between 0 and 1. */
export function cubicWeights(fraction: number): readonly number[] {
  return [
    interpolateCubic(fraction, 1, 0, 0, 0),
    interpolateCubic(fraction, 0, 1, 0, 0),
    interpolateCubic(fraction, 0, 0, 1, 0),
    interpolateCubic(fraction, 0, 0, 0, 1),
  ];
}

/**
 * Step 1 along one axis, without clipping: from `length` positions to every `step`-th of `length · factor`, taken in
 * the middle of its step.
 */
export function enlargingOperator(length: number, factor: number, step: number): LinearOperator {
  const kernel = smoothingKernel(factor);
  const enlarged = length * factor;
  const dense = Array.from({ length: enlarged / step }, (_, output) => {
    const row = new Float64Array(length);
    for (let offset = -kernel.radius; offset <= kernel.radius; offset++) {
      const sample = reflectPosition(step * output + (step - 1) / 2 + offset, enlarged);
      const position = (sample + 0.5) / factor - 0.5;
      const base = Math.floor(position);
      cubicWeights(position - base).forEach((weight, tap) => {
        row[mirrorAboutEdge(base - 1 + tap, length)]! += weight * kernel.weights[Math.abs(offset)]!;
      });
    }
    return row;
  });
  return compact(dense);
}

/** As `reflectRepeatingEdge`, for positions between pixels too: the image is mirrored half a pixel beyond its edge. */
function reflectPosition(position: number, length: number): number {
  const period = 2 * length;
  const wrapped = (((position + 0.5) % period) + period) % period;
  return (wrapped < length ? wrapped : period - wrapped) - 0.5;
}

/** Step 6 along one axis, without clipping: from `length · factor` positions to `length`; `factor` is even. */
export function reducingOperator(length: number, factor: number): LinearOperator {
  const kernel = smoothingKernel(factor);
  const half = cubicWeights(0.5);
  const dense = Array.from({ length }, (_, output) => {
    const row = new Float64Array(length * factor);
    half.forEach((weight, tap) => {
      const sample = mirrorAboutEdge(factor * output + factor / 2 - 2 + tap, length * factor);
      for (let offset = -kernel.radius; offset <= kernel.radius; offset++) {
        const input = reflectRepeatingEdge(sample + offset, length * factor);
        row[input]! += weight * kernel.weights[Math.abs(offset)]!;
      }
    });
    return row;
  });
  return compact(dense);
}

/** Keeps the stretch of each row that holds its non-zero weights; all rows get the same number of taps. */
function compact(dense: readonly Float64Array[]): LinearOperator {
  const stretches = dense.map((row) => {
    const first = row.findIndex((weight) => weight !== 0);
    return { first, length: row.findLastIndex((weight) => weight !== 0) + 1 - first };
  });
  const taps = Math.max(...stretches.map((stretch) => stretch.length));
  const first = Int32Array.from(stretches, (stretch, output) => Math.min(stretch.first, dense[output]!.length - taps));
  const weights = new Float64Array(dense.length * taps);
  dense.forEach((row, output) => {
    weights.set(row.subarray(first[output]!, first[output]! + taps), output * taps);
  });
  return { taps, first, weights };
}
