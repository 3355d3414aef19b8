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

/** The sum in NumPy's order: eight running sums, joined in pairs, then what is left over. */
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

/** What the filter makes of an image of ones, rounding included: the greatest value it can return for input 0..1. */
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

/**
 * Filters down the columns: `result[row]` for one source row position, columns `left` to `right`.
 * `source` is height × width; `target` receives the row at `targetOffset`.
 */
export function blurDownColumns(
  source: Float64Array | Uint8Array,
  height: number,
  width: number,
  row: number,
  kernel: GaussianKernel,
  target: Float64Array,
  targetOffset: number,
  left: number,
  right: number,
): void {
  const { radius, weights } = kernel;
  const centre = row * width;
  const w0 = weights[0]!;
  for (let column = left; column < right; column++) target[targetOffset + column] = source[centre + column]! * w0;
  for (let offset = radius; offset > 0; offset--) {
    const above = reflectRepeatingEdge(row - offset, height) * width;
    const below = reflectRepeatingEdge(row + offset, height) * width;
    const weight = weights[offset]!;
    for (let column = left; column < right; column++) {
      target[targetOffset + column]! += (source[above + column]! + source[below + column]!) * weight;
    }
  }
}

/** Copies one row into `line`, with `radius` mirrored entries before and after it. */
export function padLine(
  source: Float64Array,
  sourceOffset: number,
  width: number,
  radius: number,
  line: Float64Array,
): void {
  for (let column = 0; column < width; column++) line[radius + column] = source[sourceOffset + column]!;
  for (let outside = 1; outside <= radius; outside++) {
    line[radius - outside] = source[sourceOffset + reflectRepeatingEdge(-outside, width)]!;
    line[radius + width - 1 + outside] = source[sourceOffset + reflectRepeatingEdge(width - 1 + outside, width)]!;
  }
}

/** Filters along a padded row at one column. */
export function blurAlongLine(line: Float64Array, column: number, kernel: GaussianKernel): number {
  const { radius, weights } = kernel;
  const centre = column + radius;
  let sum = line[centre]! * weights[0]!;
  for (let offset = radius; offset > 0; offset--) {
    sum += (line[centre - offset]! + line[centre + offset]!) * weights[offset]!;
  }
  return sum;
}
