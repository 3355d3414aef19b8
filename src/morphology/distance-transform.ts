/**
 * Exact Euclidean distance transform: for every ink pixel the squared distance, in pixels, to the nearest pixel without
 * ink (README of the reference data, step 3). It takes linear time (Meijster, Roerdink and Hesselink, 2000): distances
 * down the columns, then the lower envelope of parabolas along each row. All numbers are integers, so ties are exact.
 * Pixels outside the image do not count: an ink pixel on the border is not near a background.
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
   * Writes the squared distances of the ink pixels into `squared` and leaves other entries as they are. `extent` must
   * hold all ink and one pixel around it inside the image. Without any background in the image, distances are (height +
   * width)².
   */
  run(ink: Uint8Array, extent: Extent, squared: Int32Array): void {
    this.measureColumns(ink, extent);
    const { left, right } = extent;
    for (let row = extent.top; row < extent.bottom; row++) {
      const line = row * this.width;
      for (let column = left; column < right; column++) {
        if (ink[line + column] === 0) continue;
        const first = column;
        while (column < right && ink[line + column] === 1) column++;
        this.combineRun(row, Math.max(left, first - 1), Math.min(right, column + 1), squared);
      }
    }
  }

  private measureColumns(ink: Uint8Array, { top, bottom, left, right }: Extent): void {
    const { width, far, columnDistance } = this;
    for (let pixel = top * width + left; pixel < top * width + right; pixel++)
      columnDistance[pixel] = ink[pixel]! * far;
    for (let row = top + 1; row < bottom; row++) {
      for (let pixel = row * width + left; pixel < row * width + right; pixel++) {
        const distance = columnDistance[pixel - width]! + 1;
        columnDistance[pixel] = ink[pixel]! * Math.min(distance, far);
      }
    }
    for (let row = bottom - 2; row >= top; row--) {
      for (let pixel = row * width + left; pixel < row * width + right; pixel++) {
        const fromBelow = columnDistance[pixel + width]! + 1;
        if (fromBelow < columnDistance[pixel]!) columnDistance[pixel] = fromBelow;
      }
    }
  }

  /**
   * Squared distances along a run of ink and the background pixels at its ends, beyond which nothing is nearer: the
   * least of (column - i)² + g(i)², by the lower envelope of these parabolas.
   */
  private combineRun(row: number, from: number, to: number, squared: Int32Array): void {
    const { width, columnDistance, vertices, starts } = this;
    const line = row * width;
    let last = 0;
    let vertex = from;
    let vertexSquare = columnDistance[line + from]! * columnDistance[line + from]!;
    let start = from;
    vertices[0] = from;
    starts[0] = from;
    for (let column = from + 1; column < to; column++) {
      const square = columnDistance[line + column]! * columnDistance[line + column]!;
      // A parabola that lies above the new one even at its own start is not part of the envelope.
      while ((start - vertex) * (start - vertex) + vertexSquare > (start - column) * (start - column) + square) {
        last--;
        if (last < 0) break;
        vertex = vertices[last]!;
        vertexSquare = columnDistance[line + vertex]! * columnDistance[line + vertex]!;
        start = starts[last]!;
      }
      if (last >= 0) {
        const rise = (column - vertex) * (column + vertex) + square - vertexSquare;
        const crossing = 1 + Math.floor(rise / (2 * (column - vertex)));
        if (crossing >= to) continue;
        start = crossing;
      } else {
        start = from;
      }
      last++;
      vertices[last] = column;
      starts[last] = start;
      vertex = column;
      vertexSquare = square;
    }
    this.readEnvelope(line, to, last, squared);
  }

  private readEnvelope(line: number, to: number, parabolas: number, squared: Int32Array): void {
    const { columnDistance, vertices, starts } = this;
    let end = to;
    for (let parabola = parabolas; parabola >= 0; parabola--) {
      const vertex = vertices[parabola]!;
      const square = columnDistance[line + vertex]! * columnDistance[line + vertex]!;
      const start = starts[parabola]!;
      for (let column = start; column < end; column++) {
        squared[line + column] = (column - vertex) * (column - vertex) + square;
      }
      end = start;
    }
  }
}
