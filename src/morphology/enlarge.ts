/**
 * Step 1 of the Morpho-MNIST operators (README of the reference data): a digit is enlarged, smoothed and truncated to
 * 8 bits. Grey levels are divided by 255, enlarged by bicubic convolution, clipped to the digit's range, smoothed by a
 * Gaussian of a third of a pixel of the original grid, multiplied by 255 and truncated.
 */
import { BicubicEnlarger } from "./bicubic.js";
import { type Extent, extentOf, grow, magnify } from "./extent.js";
import { GaussianFilter, smoothingKernel } from "./gaussian.js";

/** Enlarges digits of one size; `result` is overwritten by the next call. */
export class Enlarger {
  readonly height: number;
  readonly width: number;
  /** The enlarged digit, grey levels 0..255, zero outside the extent that `enlarge` returns. */
  readonly result: Uint8Array;
  private readonly bicubic: BicubicEnlarger;
  private readonly filter: GaussianFilter;
  private readonly normalised: Float64Array;
  private readonly enlarged: Float64Array;
  private readonly row: Float64Array;

  constructor(
    private readonly sourceHeight: number,
    private readonly sourceWidth: number,
    private readonly magnification: number,
  ) {
    this.height = sourceHeight * magnification;
    this.width = sourceWidth * magnification;
    this.filter = new GaussianFilter(smoothingKernel(magnification), this.height, this.width);
    this.bicubic = new BicubicEnlarger(sourceHeight, sourceWidth, magnification);
    this.result = new Uint8Array(this.height * this.width);
    this.normalised = new Float64Array(sourceHeight * sourceWidth);
    this.enlarged = new Float64Array(this.height * this.width + 4);
    this.row = new Float64Array(this.width + 4);
  }

  /** Enlarges one digit into `result`; outside the extent returned, the result is zero. */
  enlarge(image: Uint8Array): Extent {
    const extent = this.interpolate(image);
    const blurred = grow(extent, this.filter.kernel.radius, this.height, this.width);
    this.result.fill(0);
    for (let row = blurred.top; row < blurred.bottom; row++) this.smoothRow(row, extent, blurred);
    return blurred;
  }

  /** Bicubic convolution of the digit into `enlarged`; returns the extent of what may be non-zero. */
  private interpolate(image: Uint8Array): Extent {
    const { sourceHeight, sourceWidth, normalised } = this;
    let minimum = Number.POSITIVE_INFINITY;
    let maximum = Number.NEGATIVE_INFINITY;
    for (let pixel = 0; pixel < image.length; pixel++) {
      const value = image[pixel]! * (1 / 255);
      normalised[pixel] = value;
      if (value < minimum) minimum = value;
      if (value > maximum) maximum = value;
    }
    const whole = { top: 0, bottom: sourceHeight, left: 0, right: sourceWidth };
    const support = grow(extentOf(image, sourceWidth, whole), 2, sourceHeight, sourceWidth);
    const bounds = magnify(support, this.magnification);
    this.enlarged.fill(0);
    this.bicubic.enlarge(normalised, minimum, maximum, bounds, this.enlarged);
    return extentOf(this.enlarged, this.width, bounds);
  }

  private smoothRow(index: number, source: Extent, target: Extent): void {
    const { filter, row, result } = this;
    filter.downColumns(this.enlarged, index, source.left, source.right);
    filter.alongRow(target.left, target.right, row);
    const line = index * this.width;
    for (let column = target.left; column < target.right; column++) {
      result[line + column] = 255 * row[column - target.left]!;
    }
  }
}
