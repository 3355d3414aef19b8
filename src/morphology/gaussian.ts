/**
 * The Gaussian that follows enlarging and precedes reducing (README of the reference data, steps 1 and 6): sigma is
 * twice the magnification over six, cut at four sigma, borders mirrored with the edge pixel repeated, rows first down
 * the columns and then along the rows. The order of summation (centre, then pairs from the outermost inwards) is kept
 * as in SciPy: it decides that full ink ends at 254.99999999999994 grey levels and so truncates to 254.
 */

/** Weights for offsets 0, 1, …, radius; the kernel is symmetric. */
export interface GaussianKernel {
  readonly radius: number;
  readonly weights: Float64Array;
}

export function gaussianKernel(sigma: number): GaussianKernel {
  const radius = Math.floor(4 * sigma + 0.5);
  const profile = Float64Array.from({ length: 2 * radius + 1 }, (_, index) => {
    const offset = index - radius;
    return Math.exp((-0.5 / (sigma * sigma)) * offset * offset);
  });
  const sum = sumInEights(profile);
  return { radius, weights: profile.subarray(radius).map((value) => value / sum) };
}

/** The sum in NumPy's order: eight running sums, joined in pairs, then the remaining values. */
function sumInEights(values: Float64Array): number {
  const whole = values.length - (values.length % 8);
  const lanes = new Float64Array(8);
  for (let i = 0; i < whole; i++) lanes[i % 8]! += values[i]!;
  const pair = (at: number): number => lanes[at]! + lanes[at + 1]!;
  let sum = pair(0) + pair(2) + (pair(4) + pair(6));
  for (let i = whole; i < values.length; i++) sum += values[i]!;
  return sum;
}

/** The kernel for a magnification: sigma in enlarged pixels. */
export function smoothingKernel(magnification: number): GaussianKernel {
  return gaussianKernel((2 * magnification) / 6);
}

/** The filter's result for an image of ones, including rounding: the greatest value it can return for input 0..1. */
export function plateau(kernel: GaussianKernel): number {
  const once = (value: number): number => {
    let sum = value * kernel.weights[0]!;
    for (let offset = kernel.radius; offset > 0; offset--) sum += (value + value) * kernel.weights[offset]!;
    return sum;
  };
  return once(once(1));
}

/** Index of a position outside 0..length-1 after mirroring with the edge repeated: -1 is 0, length is length - 1. */
export function reflectRepeatingEdge(position: number, length: number): number {
  const period = 2 * length;
  const wrapped = ((position % period) + period) % period;
  return wrapped < length ? wrapped : period - 1 - wrapped;
}

/** Filters images of one size. Four neighbouring outputs are summed at a time, to keep the processor's pipes full. */
export class GaussianFilter {
  /** Room for a row with mirrored entries before and after it, and for entries beyond the last four outputs. */
  private readonly line: Float64Array;
  private readonly above: Int32Array;
  private readonly below: Int32Array;

  constructor(
    readonly kernel: GaussianKernel,
    private readonly height: number,
    private readonly width: number,
  ) {
    this.line = new Float64Array(width + 2 * kernel.radius + 4);
    this.above = new Int32Array(kernel.radius + 1);
    this.below = new Int32Array(kernel.radius + 1);
  }

  /**
   * Filters down the columns left..right - 1 at one row. The result is held, mirrored at both ends, for `alongRow`;
   * outside these columns the image counts as zero. `source` has at least three entries after the image.
   */
  downColumns(source: Float64Array, row: number, left: number, right: number): void {
    const { height, width, above, below, line } = this;
    const { radius, weights } = this.kernel;
    for (let offset = 1; offset <= radius; offset++) {
      above[offset] = reflectRepeatingEdge(row - offset, height) * width;
      below[offset] = reflectRepeatingEdge(row + offset, height) * width;
    }
    line.fill(0);
    const centre = row * width;
    const w0 = weights[0]!;
    for (let column = left; column < right; column += 4) {
      let sum0 = source[centre + column]! * w0;
      let sum1 = source[centre + column + 1]! * w0;
      let sum2 = source[centre + column + 2]! * w0;
      let sum3 = source[centre + column + 3]! * w0;
      for (let offset = radius; offset > 0; offset--) {
        const weight = weights[offset]!;
        const up = above[offset]! + column;
        const down = below[offset]! + column;
        sum0 += (source[up]! + source[down]!) * weight;
        sum1 += (source[up + 1]! + source[down + 1]!) * weight;
        sum2 += (source[up + 2]! + source[down + 2]!) * weight;
        sum3 += (source[up + 3]! + source[down + 3]!) * weight;
      }
      const at = radius + column;
      line[at] = sum0;
      line[at + 1] = sum1;
      line[at + 2] = sum2;
      line[at + 3] = sum3;
    }
    line.fill(0, radius + right);
    this.mirrorEnds();
  }

  private mirrorEnds(): void {
    const { width, line } = this;
    const { radius } = this.kernel;
    for (let outside = 1; outside <= radius; outside++) {
      line[radius - outside] = line[radius + reflectRepeatingEdge(-outside, width)]!;
      line[radius + width - 1 + outside] = line[radius + reflectRepeatingEdge(width - 1 + outside, width)]!;
    }
  }

  /** Filters the held row at columns from..to - 1, writing column c to `target[c - from]`; may write three more. */
  alongRow(from: number, to: number, target: Float64Array): void {
    const { line } = this;
    const { radius, weights } = this.kernel;
    const w0 = weights[0]!;
    for (let column = from; column < to; column += 4) {
      const centre = column + radius;
      let sum0 = line[centre]! * w0;
      let sum1 = line[centre + 1]! * w0;
      let sum2 = line[centre + 2]! * w0;
      let sum3 = line[centre + 3]! * w0;
      for (let offset = radius; offset > 0; offset--) {
        const weight = weights[offset]!;
        const before = centre - offset;
        const after = centre + offset;
        sum0 += (line[before]! + line[after]!) * weight;
        sum1 += (line[before + 1]! + line[after + 1]!) * weight;
        sum2 += (line[before + 2]! + line[after + 2]!) * weight;
        sum3 += (line[before + 3]! + line[after + 3]!) * weight;
      }
      const at = column - from;
      target[at] = sum0;
      target[at + 1] = sum1;
      target[at + 2] = sum2;
      target[at + 3] = sum3;
    }
  }
}
