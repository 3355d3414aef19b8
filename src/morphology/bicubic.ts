/**
 * Bicubic convolution (Keys, 1981, with a = -0.5, also known as Catmull-Rom): enlarges an image by a whole factor
 * (README of the reference data, step 1). Output pixel o samples the input at (o + 0.5) / factor - 0.5; the border is
 * mirrored without repeating the edge pixel; overshoots are clipped to the input's range.
 */

import type { Extent } from "./extent.js";

/** Value at fraction 0..1 between `at0` and `at1`, given equally spaced samples at -1, 0, 1, 2. */
export function interpolateCubic(fraction: number, before: number, at0: number, at1: number, after: number): number {
  const cubic = 3 * (at0 - at1) + after - before;
  const quadratic = 2 * before - 5 * at0 + 4 * at1 - after + fraction * cubic;
  return at0 + 0.5 * fraction * (at1 - before + fraction * quadratic);
}

/** Index of a position outside 0..length-1 after mirroring about the edge pixel: -1 is 1, length is length - 2. */
export function mirrorAboutEdge(position: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const wrapped = ((position % period) + period) % period;
  return wrapped < length ? wrapped : period - wrapped;
}

/** The source positions of each output position: four source indices and the fraction. */
interface Taps {
  readonly indices: Int32Array;
  readonly fractions: Float64Array;
}

function samplingTaps(length: number, factor: number): Taps {
  const indices = new Int32Array(4 * length * factor);
  const fractions = new Float64Array(length * factor);
  for (let output = 0; output < length * factor; output++) {
    const position = (output + 0.5) / factor - 0.5;
    const base = Math.floor(position);
    fractions[output] = position - base;
    for (let tap = 0; tap < 4; tap++) indices[4 * output + tap] = mirrorAboutEdge(base - 1 + tap, length);
  }
  return { indices, fractions };
}

/** Enlarges images of one size by one factor; holds the sampling positions and an intermediate image. */
export class BicubicEnlarger {
  private readonly rowTaps: Taps;
  private readonly columnTaps: Taps;
  private readonly widened: Float64Array;

  constructor(
    private readonly height: number,
    private readonly width: number,
    private readonly factor: number,
  ) {
    this.rowTaps = samplingTaps(height, factor);
    this.columnTaps = samplingTaps(width, factor);
    this.widened = new Float64Array(height * width * factor);
  }

  /**
   * Writes the enlarged image, clipped to minimum..maximum, into `target` ((height·factor) × (width·factor)), within
   * the rows and columns of `bounds` and nowhere else.
   */
  enlarge(source: Float64Array, minimum: number, maximum: number, bounds: Extent, target: Float64Array): void {
    const outputWidth = this.width * this.factor;
    this.widen(source, bounds);
    const { indices, fractions } = this.rowTaps;
    const { widened } = this;
    for (let row = bounds.top; row < bounds.bottom; row++) {
      const fraction = fractions[row]!;
      const before = indices[4 * row]! * outputWidth;
      const at0 = indices[4 * row + 1]! * outputWidth;
      const at1 = indices[4 * row + 2]! * outputWidth;
      const after = indices[4 * row + 3]! * outputWidth;
      const offset = row * outputWidth;
      for (let column = bounds.left; column < bounds.right; column++) {
        const value = interpolateCubic(
          fraction,
          widened[before + column]!,
          widened[at0 + column]!,
          widened[at1 + column]!,
          widened[after + column]!,
        );
        target[offset + column] = Math.min(Math.max(value, minimum), maximum);
      }
    }
  }

  private widen(source: Float64Array, { left, right }: Extent): void {
    const { height, width, factor, widened } = this;
    const { indices, fractions } = this.columnTaps;
    const outputWidth = width * factor;
    for (let row = 0; row < height; row++) {
      const line = row * width;
      for (let column = left; column < right; column++) {
        widened[row * outputWidth + column] = interpolateCubic(
          fractions[column]!,
          source[line + indices[4 * column]!]!,
          source[line + indices[4 * column + 1]!]!,
          source[line + indices[4 * column + 2]!]!,
          source[line + indices[4 * column + 3]!]!,
        );
      }
    }
  }
}
