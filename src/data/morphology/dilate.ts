/**
 * Step 4 of the Morpho-MNIST operators: binary dilation and erosion with a footprint given row by row (README of the
 * reference data, steps 4 and 5). A pixel of the dilated image is ink where any pixel under the footprint centred on
 * it is; of the eroded image where all are; pixels outside the image do not count. Each run of ink (for erosion, of
 * background) is painted once per footprint row as a pair of +1 and -1 marks, and one running sum per row turns the
 * marks into pixels: the time does not grow with the footprint's area.
 */
import type { Footprint } from "./footprint.js";

export class Dilation {
  /** Marks: a row has one more entry than the image, for runs that reach its right end. */
  private readonly marks: Int32Array;

  constructor(
    private readonly height: number,
    private readonly width: number,
  ) {
    this.marks = new Int32Array(height * (width + 1));
  }

  dilate(ink: Uint8Array, footprint: Footprint, result: Uint8Array): void {
    this.spread(ink, 1, footprint);
    this.resolve(1, result);
  }

  erode(ink: Uint8Array, footprint: Footprint, result: Uint8Array): void {
    this.spread(ink, 0, footprint);
    this.resolve(0, result);
  }

  /** Marks every pixel whose footprint meets a pixel of the given value. */
  private spread(ink: Uint8Array, value: 0 | 1, footprint: Footprint): void {
    const { height, width } = this;
    this.marks.fill(0);
    for (let row = 0; row < height; row++) {
      const end = (row + 1) * width;
      let start = ink.indexOf(value, row * width);
      while (start >= 0 && start < end) {
        let stop = ink.indexOf(1 - value, start);
        if (stop < 0 || stop > end) stop = end;
        this.paintRun(row, start - row * width, stop - row * width - 1, footprint);
        start = ink.indexOf(value, stop);
      }
    }
  }

  /** Marks the pixels whose footprint meets the run first..last of a row. */
  private paintRun(row: number, first: number, last: number, footprint: Footprint): void {
    const { height, width, marks } = this;
    const { radius } = footprint;
    const lowest = Math.max(-radius, row - height + 1);
    const highest = Math.min(radius, row);
    for (let offset = lowest; offset <= highest; offset++) {
      const line = (row - offset) * (width + 1);
      const left = Math.max(0, first - footprint.last[offset + radius]!);
      const right = Math.min(width - 1, last - footprint.first[offset + radius]!);
      marks[line + left]!++;
      marks[line + right + 1]!--;
    }
  }

  /** Writes `value` where a pixel is marked and the other value elsewhere. */
  private resolve(value: 0 | 1, result: Uint8Array): void {
    const { height, width, marks } = this;
    const other = 1 - value;
    for (let row = 0; row < height; row++) {
      let depth = 0;
      for (let column = 0; column < width; column++) {
        depth += marks[row * (width + 1) + column]!;
        result[row * width + column] = depth > 0 ? value : other;
      }
    }
  }
}
