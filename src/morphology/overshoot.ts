/**
 * The correction for clipping to the digit's range in the enlarged and smoothed digit, for the fast mode. Bicubic
 * convolution overshoots beside strokes; the original clips this before it smooths. The clipped part is small and
 * smooth after smoothing, so it is computed at magnification 4 and interpolated (README of the reference data, step 1).
 */
import { BicubicEnlarger } from "./bicubic.js";
import type { Extent } from "./extent.js";
import { GaussianFilter, smoothingKernel } from "./gaussian.js";

export class Overshoot {
  /** Clipped minus unclipped, smoothed: (height · factor) × (width · factor), in the units of the source. */
  readonly result: Float64Array;
  private readonly width: number;
  private readonly bicubic: BicubicEnlarger;
  private readonly filter: GaussianFilter;
  private readonly clipped: Float64Array;
  private readonly row: Float64Array;

  constructor(height: number, width: number, factor: number) {
    this.width = width * factor;
    this.bicubic = new BicubicEnlarger(height, width, factor);
    this.filter = new GaussianFilter(smoothingKernel(factor), height * factor, this.width);
    this.result = new Float64Array(height * factor * this.width);
    this.clipped = new Float64Array(height * factor * this.width + 4);
    this.row = new Float64Array(this.width + 4);
  }

  /** Computes the correction within `bounds`, outside which the enlarged image is constant. */
  run(source: Float64Array, minimum: number, maximum: number, bounds: Extent): void {
    const { width, clipped, filter, row, result } = this;
    const { top, bottom, left, right } = bounds;
    clipped.fill(0);
    result.fill(0);
    this.bicubic.enlarge(source, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, bounds, clipped);
    for (let line = top; line < bottom; line++) {
      for (let pixel = line * width + left; pixel < line * width + right; pixel++) {
        const value = clipped[pixel]!;
        clipped[pixel] = value < minimum ? minimum - value : value > maximum ? maximum - value : 0;
      }
    }
    for (let line = top; line < bottom; line++) {
      filter.downColumns(clipped, line, left, right);
      filter.alongRow(left, right, row);
      for (let column = left; column < right; column++) result[line * width + column] = row[column - left]!;
    }
  }
}
