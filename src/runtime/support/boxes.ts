/**
 * Points summarised by boxes, so that how many lie near a place can be told without the points. A box is cut where that
 * lowers the squared deviation within boxes the most, which is at gaps where there are any, and those that spread the
 * most are cut first. A box that holds one point alone is left out: no row can be read from what is kept.
 */

/** Rows, then the smallest and the largest coordinate along each axis: `[rows, low, high, low, high, …]`. */
export type Box = readonly number[];

/** Boxes narrower than this along every axis, in standard deviations, are not cut further. */
const narrow = 0.15;
const fewest = 2;

interface Cell {
  readonly points: Int32Array;
  /** The axis along which the points deviate most, and how much in squares; the width along the widest axis. */
  readonly axis: number;
  readonly squares: number;
  readonly width: number;
}

/**
 * `coordinates` are those of all points along each axis; `points` the numbers of those to summarise. At most `most`
 * boxes.
 */
export function boxesOf(coordinates: readonly Float64Array[], points: Int32Array, most: number): Box[] {
  const done: Cell[] = [];
  const open = [cellOf(coordinates, points)];
  while (open.length > 0) {
    const cell = takeWidest(open);
    const parts = cell.width > narrow && done.length + open.length + 2 <= most ? cut(coordinates, cell) : undefined;
    if (parts) open.push(...parts.map((part) => cellOf(coordinates, part)));
    else done.push(cell);
  }
  return done.filter(({ points: own }) => own.length >= fewest).map(({ points: own }) => boxOf(coordinates, own));
}

function takeWidest(open: Cell[]): Cell {
  let best = 0;
  for (let k = 1; k < open.length; k++) if (open[k]!.squares > open[best]!.squares) best = k;
  const [cell] = open.splice(best, 1);
  return cell!;
}

function cellOf(coordinates: readonly Float64Array[], points: Int32Array): Cell {
  let [axis, squares, width] = [0, -1, 0];
  coordinates.forEach((values, k) => {
    let [mean, own, low, high] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    points.forEach((point, index) => {
      const value = values[point]!;
      const delta = value - mean;
      mean += delta / (index + 1);
      own += delta * (value - mean);
      low = Math.min(low, value);
      high = Math.max(high, value);
    });
    width = Math.max(width, high - low);
    if (own > squares) [axis, squares] = [k, own];
  });
  return { points, axis, squares, width };
}

/** The two parts with the least squared deviation together; undefined where all points are equal along the axis. */
function cut(coordinates: readonly Float64Array[], { points, axis }: Cell): [Int32Array, Int32Array] | undefined {
  const values = coordinates[axis]!;
  const sorted = points.slice().sort((a, b) => values[a]! - values[b]! || a - b);
  const count = sorted.length;
  const first = values[sorted[0]!]!;
  let total = 0;
  for (const point of sorted) total += values[point]! - first;
  let [place, gain, below] = [0, -1, 0];
  for (let k = 1; k < count; k++) {
    const previous = values[sorted[k - 1]!]!;
    below += previous - first;
    if (values[sorted[k]!]! <= previous) continue;
    // The squared deviation between the means of the two parts.
    const own = (k * (count - k) * (below / k - (total - below) / (count - k)) ** 2) / count;
    if (own > gain) [place, gain] = [k, own];
  }
  return place === 0 ? undefined : [sorted.slice(0, place), sorted.slice(place)];
}

function boxOf(coordinates: readonly Float64Array[], points: Int32Array): Box {
  const sides = coordinates.flatMap((values) => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const point of points) {
      low = Math.min(low, values[point]!);
      high = Math.max(high, values[point]!);
    }
    return [rounded(low), rounded(high)];
  });
  return [points.length, ...sides];
}

/** To a ten-thousandth of a standard deviation: boxes are kept as text. */
function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}

/**
 * About how many points lie within `reach` of a place along every axis: points of a box count as spread evenly over it.
 * Stops at `enough`. `place(axis)` is the coordinate.
 */
export function pointsNear(boxes: readonly Box[], place: Float64Array, reach: number, enough: number): number {
  let sum = 0;
  for (const box of boxes) {
    let share = box[0]!;
    for (let axis = 0; axis < place.length && share > 0; axis++) {
      const low = box[2 * axis + 1]!;
      const high = box[2 * axis + 2]!;
      const from = Math.max(low, place[axis]! - reach);
      const to = Math.min(high, place[axis]! + reach);
      if (to < from) share = 0;
      else if (high > low) share *= (to - from) / (high - low);
    }
    sum += share;
    if (sum >= enough) return sum;
  }
  return sum;
}
