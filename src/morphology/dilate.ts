/**
 * Step 4 of the Morpho-MNIST operators: binary dilation and erosion with a footprint given row by row (README of the
 * reference data, steps 4 and 5). A pixel of the dilated image is ink if any pixel under the footprint centred on it
 * is; a pixel of the eroded image, if all are. Pixels outside the image do not count. Each run of ink (for erosion, of
 * background) is painted once per footprint row as a pair of +1 and -1 marks, and one running sum per row turns the
 * marks into pixels: the time does not grow with the footprint's area.
 */
import { type Extent, grow } from "./extent.js";
import type { Footprint } from "./footprint.js";

/**
 * Dilates and erodes images of one size. In every `extent`, the image's ink has a margin of one pixel if there is room.
 */
export class Dilation {
  /** Marks: a row has one more entry than the image, for runs that reach its right end. */
  private readonly marks: Int32Array;

  constructor(
    private readonly height: number,
    private readonly width: number,
  ) {
    this.marks = new Int32Array(height * (width + 1));
  }

  /** Writes the dilated image and returns an extent that holds its ink. */
  dilate(ink: Uint8Array, extent: Extent, footprint: Footprint, result: Uint8Array): Extent {
    const reached = grow(extent, footprint.radius, this.height, this.width);
    this.spread(ink, extent, 1, footprint, reached);
    this.resolve(reached, 1, result);
    return reached;
  }

  /** Writes the eroded image and returns an extent that holds its ink. */
  erode(ink: Uint8Array, extent: Extent, footprint: Footprint, result: Uint8Array): Extent {
    this.spread(ink, extent, 0, footprint, extent);
    this.resolve(extent, 0, result);
    return extent;
  }

  /** Marks, within `reached`, every pixel whose footprint meets a pixel of the given value within `extent`. */
  private spread(ink: Uint8Array, extent: Extent, value: 0 | 1, footprint: Footprint, reached: Extent): void {
    const { width, marks } = this;
    marks.fill(0, reached.top * (width + 1), reached.bottom * (width + 1));
    for (let row = extent.top; row < extent.bottom; row++) {
      const line = row * width;
      for (let column = extent.left; column < extent.right; column++) {
        if (ink[line + column] !== value) continue;
        const first = column;
        while (column < extent.right && ink[line + column] === value) column++;
        this.paintRun(row, first, column - 1, footprint, reached);
      }
    }
  }

  /** Marks the pixels whose footprint meets the run first..last of a row. */
  private paintRun(row: number, first: number, last: number, footprint: Footprint, reached: Extent): void {
    const { width, marks } = this;
    const { radius } = footprint;
    const lowest = Math.max(-radius, row - reached.bottom + 1);
    const highest = Math.min(radius, row - reached.top);
    for (let offset = lowest; offset <= highest; offset++) {
      const line = (row - offset) * (width + 1);
      const left = Math.max(reached.left, first - footprint.last[offset + radius]!);
      const right = Math.min(reached.right - 1, last - footprint.first[offset + radius]!);
      marks[line + left]!++;
      marks[line + right + 1]!--;
    }
  }

  /** Writes `value` to marked pixels and the other value elsewhere in `reached`; 0 outside. */
  private resolve(reached: Extent, value: 0 | 1, result: Uint8Array): void {
    const { width, marks } = this;
    const other = 1 - value;
    result.fill(0);
    for (let row = reached.top; row < reached.bottom; row++) {
      const line = row * (width + 1);
      let depth = 0;
      for (let column = reached.left; column < reached.right; column++) {
        depth += marks[line + column]!;
        result[row * width + column] = depth > 0 ? value : other;
      }
    }
  }
}
