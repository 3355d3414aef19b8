/**
 * Exact Euclidean distance transform: for every ink pixel the squared distance, in pixels, to the nearest pixel without
 * ink (README of the reference data, step 3). Linear time (Meijster, Roerdink and Hesselink, 2000): distances down the
 * columns, then the lower envelope of parabolas along each row. Integers throughout, so ties are exact. Outside the
 * image there is nothing: an ink pixel on the border is not near a background.
 */
import type { Extent } from "./extent.js";

export class DistanceTransform {
  private readonly columnDistance: Int32Array;
  private readonly vertices: Int32Array;
  private readonly starts: Int32Array;
  private readonly far: number;

  constructor(
    height: number,
    private readonly width: number,
  ) {
    this.columnDistance = new Int32Array(height * width);
    this.vertices = new Int32Array(width);
    this.starts = new Int32Array(width);
    this.far = height + width;
  }

  /**
   * Writes squared distances of the pixels within `extent` into `squared`. The extent must hold all ink and, where the
   * image goes on, one pixel around it. Without any background in the image, distances are (height + width)².
   */
  run(ink: Uint8Array, extent: Extent, squared: Int32Array): void {
    this.measureColumns(ink, extent);
    for (let row = extent.top; row < extent.bottom; row++) this.combineRow(ink, row, extent, squared);
  }

  private measureColumns(ink: Uint8Array, { top, bottom, left, right }: Extent): void {
    const { width, far, columnDistance } = this;
    for (let row = top; row < bottom; row++) {
      for (let pixel = row * width + left; pixel < row * width + right; pixel++) {
        columnDistance[pixel] =
          ink[pixel] === 0 ? 0 : row === top ? far : Math.min(far, columnDistance[pixel - width]! + 1);
      }
    }
    for (let row = bottom - 2; row >= top; row--) {
      for (let pixel = row * width + left; pixel < row * width + right; pixel++) {
        const fromBelow = columnDistance[pixel + width]! + 1;
        if (fromBelow < columnDistance[pixel]!) columnDistance[pixel] = fromBelow;
      }
    }
  }

  /** Squared distance along a row: the least of (column - i)² + g(i)², by the lower envelope of these parabolas. */
  private combineRow(ink: Uint8Array, row: number, { left, right }: Extent, squared: Int32Array): void {
    const { width, columnDistance, vertices, starts } = this;
    const line = row * width;
    let last = -1;
    for (let column = left; column < right; column++) {
      const g = columnDistance[line + column]!;
      while (last >= 0) {
        const vertex = vertices[last]!;
        const gv = columnDistance[line + vertex]!;
        const start = starts[last]!;
        const atVertex = (start - vertex) * (start - vertex) + gv * gv;
        if (atVertex <= (start - column) * (start - column) + g * g) break;
        last--;
      }
      if (last < 0) {
        last = 0;
        vertices[0] = column;
        starts[0] = left;
        continue;
      }
      const vertex = vertices[last]!;
      const gv = columnDistance[line + vertex]!;
      const crossing = (column * column - vertex * vertex + g * g - gv * gv) / (2 * (column - vertex));
      const start = 1 + Math.floor(crossing);
      if (start < right) {
        last++;
        vertices[last] = column;
        starts[last] = start;
      }
    }
    for (let column = right - 1; column >= left; column--) {
      const vertex = vertices[last]!;
      const gv = columnDistance[line + vertex]!;
      squared[line + column] = ink[line + column] === 0 ? 0 : (column - vertex) * (column - vertex) + gv * gv;
      if (column === starts[last] && last > 0) last--;
    }
  }
}
