/**
 * What clipping to the digit's range changes in the enlarged and smoothed digit, for the fast mode. Bicubic convolution
 * overshoots beside strokes; the original clips this before it smooths. The clipped part is small and smooth after
 * smoothing, so it is computed at magnification 4 and interpolated (README of the reference data, step 1).
 */
import { BicubicEnlarger } from "./bicubic.js";
import { GaussianFilter, smoothingKernel } from "./gaussian.js";

export class Overshoot {
  /** Clipped minus unclipped, smoothed: (height · factor) × (width · factor), in the units of the source. */
  readonly result: Float64Array;
  private readonly height: number;
  private readonly width: number;
  private readonly bicubic: BicubicEnlarger;
  private readonly filter: GaussianFilter;
  private readonly clipped: Float64Array;
  private readonly row: Float64Array;

  constructor(height: number, width: number, factor: number) {
    this.height = height * factor;
    this.width = width * factor;
    this.bicubic = new BicubicEnlarger(height, width, factor);
    this.filter = new GaussianFilter(smoothingKernel(factor), this.height, this.width);
    this.result = new Float64Array(this.height * this.width);
    this.clipped = new Float64Array(this.height * this.width + 4);
    this.row = new Float64Array(this.width + 4);
  }

  run(source: Float64Array, minimum: number, maximum: number): void {
    const { height, width, clipped, filter, row, result } = this;
    this.bicubic.enlarge(source, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, clipped);
    for (let pixel = 0; pixel < height * width; pixel++) {
      const value = clipped[pixel]!;
      clipped[pixel] = value < minimum ? minimum - value : value > maximum ? maximum - value : 0;
    }
    for (let line = 0; line < height; line++) {
      filter.downColumns(clipped, line, 0, width);
      filter.alongRow(0, width, row);
      for (let column = 0; column < width; column++) result[line * width + column] = row[column]!;
    }
  }
}
