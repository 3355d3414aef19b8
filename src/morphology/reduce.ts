/**
 * Step 6 of the Morpho-MNIST operators (README of the reference data): an enlarged binary image is smoothed and sampled
 * back to the original grid. Each output pixel is one bicubic sample half way between enlarged pixels, so the Gaussian
 * is computed only at the four rows and columns around each sample. Samples are clipped to the smoothed image's range.
 */
import { interpolateCubic } from "./bicubic.js";
import { type Extent, extentOf, grow } from "./extent.js";
import { GaussianFilter, plateau, smoothingKernel } from "./gaussian.js";

/** Reduces images of one enlarged size by one even factor of at least 4. */
export class Reducer {
  private readonly filter: GaussianFilter;
  private readonly plateau: number;
  private readonly outputHeight: number;
  private readonly outputWidth: number;
  /** The smoothed image at four rows per output row and four columns per output column. */
  private readonly smoothed: Float64Array;
  private readonly values: Float64Array;
  private readonly row: Float64Array;

  constructor(
    private readonly height: number,
    private readonly width: number,
    private readonly factor: number,
  ) {
    this.filter = new GaussianFilter(smoothingKernel(factor), height, width);
    this.plateau = plateau(this.filter.kernel);
    this.outputHeight = height / factor;
    this.outputWidth = width / factor;
    this.smoothed = new Float64Array(16 * this.outputHeight * this.outputWidth);
    this.values = new Float64Array(height * width + 4);
    this.row = new Float64Array(width + 4);
  }

  /** Reduces ink (0 or 1, none outside `bounds`) to grey levels 0..255, not truncated. */
  reduce(ink: Uint8Array, bounds: Extent): Float64Array {
    const extent = extentOf(ink, this.width, bounds);
    this.copy(ink, extent);
    this.smooth(extent);
    const { outputHeight, outputWidth, smoothed } = this;
    let minimum = this.plateau;
    let maximum = 0;
    for (const value of smoothed) {
      if (value < minimum) minimum = value;
      if (value > maximum) maximum = value;
    }
    const result = new Float64Array(outputHeight * outputWidth);
    let range: { minimum: number; maximum: number } | undefined;
    for (let row = 0; row < outputHeight; row++) {
      for (let column = 0; column < outputWidth; column++) {
        let value = this.sample(row, column);
        if ((value < minimum && minimum > 0) || (value > maximum && maximum < this.plateau)) {
          range ??= this.smoothedRange(extent);
          value = Math.min(Math.max(value, range.minimum), range.maximum);
        } else {
          value = Math.min(Math.max(value, minimum), maximum);
        }
        result[row * outputWidth + column] = 255 * value;
      }
    }
    return result;
  }

  /** Copies ink to numbers, because the filter is compiled for one kind of array. */
  private copy(ink: Uint8Array, extent: Extent): void {
    const { width, values } = this;
    values.fill(0);
    for (let row = extent.top; row < extent.bottom; row++) {
      for (let pixel = row * width + extent.left; pixel < row * width + extent.right; pixel++)
        values[pixel] = ink[pixel]!;
    }
  }

  private smooth(extent: Extent): void {
    const { height, width, filter, values, row, smoothed } = this;
    const columns = 4 * this.outputWidth;
    const blurred = grow(extent, filter.kernel.radius, height, width);
    smoothed.fill(0);
    for (let index = 0; index < 4 * this.outputHeight; index++) {
      const sourceRow = this.sampledPosition(index);
      if (sourceRow < blurred.top || sourceRow >= blurred.bottom) continue;
      filter.downColumns(values, sourceRow, extent.left, extent.right);
      for (let column = 0; column < columns; column += 4) {
        const from = this.sampledPosition(column);
        if (from + 3 < blurred.left || from >= blurred.right) continue;
        filter.alongRow(from, from + 4, row);
        for (let offset = 0; offset < 4; offset++) smoothed[index * columns + column + offset] = row[offset]!;
      }
    }
  }

  /** The enlarged row or column behind the entry `index` of the smoothed image. */
  private sampledPosition(index: number): number {
    return this.factor * (index >> 2) + this.factor / 2 - 2 + (index & 3);
  }

  private sample(row: number, column: number): number {
    const { smoothed } = this;
    const columns = 4 * this.outputWidth;
    const alongRow = (offset: number): number => {
      const at = (4 * row + offset) * columns + 4 * column;
      return interpolateCubic(0.5, smoothed[at]!, smoothed[at + 1]!, smoothed[at + 2]!, smoothed[at + 3]!);
    };
    return interpolateCubic(0.5, alongRow(0), alongRow(1), alongRow(2), alongRow(3));
  }

  /** The range of the whole smoothed image, needed only if a sample leaves the range of its neighbours. */
  private smoothedRange(extent: Extent): { minimum: number; maximum: number } {
    const { height, width, filter, values, row } = this;
    let minimum = this.plateau;
    let maximum = 0;
    for (let sourceRow = 0; sourceRow < height; sourceRow++) {
      filter.downColumns(values, sourceRow, extent.left, extent.right);
      filter.alongRow(0, width, row);
      for (let column = 0; column < width; column++) {
        if (row[column]! < minimum) minimum = row[column]!;
        if (row[column]! > maximum) maximum = row[column]!;
      }
    }
    return { minimum, maximum };
  }
}
