/**
 * Contours of a two-dimensional sample: a histogram on a grid, smoothed with a Gaussian, cut at the levels that enclose
 * given shares of the mass (highest-density regions), traced by marching squares.
 */
import type { Range } from "./axis.js";

/** Values at `size` × `size` grid points; row r is at y.low + r * step. */
export interface DensityGrid {
  readonly size: number;
  readonly x: Range;
  readonly y: Range;
  readonly values: Float64Array;
}

/** A line in data coordinates. */
export type ContourLine = readonly (readonly [x: number, y: number])[];

export function densityGrid(
  xs: ArrayLike<number>,
  ys: ArrayLike<number>,
  x: Range,
  y: Range,
  size = 72,
  smoothing = 1.6,
): DensityGrid {
  const counts = new Float64Array(size * size);
  const place = (value: number, range: Range) =>
    Math.round(((value - range.low) / (range.high - range.low)) * (size - 1));
  for (let k = 0; k < xs.length; k++) {
    const [column, row] = [place(xs[k]!, x), place(ys[k]!, y)];
    if (column >= 0 && column < size && row >= 0 && row < size) counts[row * size + column]! += 1;
  }
  const across = smoothed(counts, size, smoothing, 1, size);
  return { size, x, y, values: smoothed(across, size, smoothing, size, 1) };
}

/** One pass of a separable Gaussian, reflected at the ends, along the axis of the given stride. */
function smoothed(values: Float64Array, size: number, sd: number, stride: number, other: number): Float64Array {
  const reach = Math.ceil(3 * sd);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, k) => Math.exp(-0.5 * ((k - reach) / sd) ** 2));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const result = new Float64Array(values.length);
  for (let line = 0; line < size; line++) {
    for (let at = 0; at < size; at++) {
      let sum = 0;
      for (let k = -reach; k <= reach; k++) {
        const inside = at + k < 0 ? -(at + k) - 1 : at + k >= size ? 2 * size - 1 - (at + k) : at + k;
        sum += weights[k + reach]! * values[line * other + inside * stride]!;
      }
      result[line * other + at * stride] = sum / total;
    }
  }
  return result;
}

/** The density above which a share of the grid's mass lies. */
export function levelEnclosing(grid: DensityGrid, share: number): number {
  const sorted = grid.values.toSorted().reverse();
  const total = sorted.reduce((sum, value) => sum + value, 0);
  let mass = 0;
  for (const value of sorted) {
    mass += value;
    if (mass >= share * total) return value;
  }
  return 0;
}

/** The lines on which the grid crosses the level; each is closed or ends at the grid's border. */
export function contourLines(grid: DensityGrid, level: number): ContourLine[] {
  const next = new Map<string, [string, readonly [number, number]][]>();
  for (let row = 0; row + 1 < grid.size; row++) {
    for (let column = 0; column + 1 < grid.size; column++) {
      for (const [from, to] of cellSegments(grid, level, row, column)) {
        link(next, from, to);
        link(next, to, from);
      }
    }
  }
  return chains(next);
}

interface Crossing {
  readonly key: string;
  readonly point: readonly [number, number];
}

type Links = Map<string, [string, readonly [number, number]][]>;

function link(next: Links, from: Crossing, to: Crossing): void {
  const list = next.get(from.key) ?? [];
  list.push([to.key, to.point]);
  next.set(from.key, list);
}

/** Follows links until none is left, first from open ends, then around closed lines. */
function chains(next: Links): ContourLine[] {
  const lines: ContourLine[] = [];
  const ends = [...next.keys()].filter((key) => next.get(key)!.length === 1);
  for (const start of [...ends, ...next.keys()]) {
    if (next.get(start)!.length === 0) continue;
    const line: (readonly [number, number])[] = [];
    let key = start;
    for (let step = next.get(key)!.pop(); step !== undefined; step = next.get(key)!.pop()) {
      const [reached, point] = step;
      const back = next.get(reached)!;
      const mine = back.findIndex(([other]) => other === key);
      if (line.length === 0) line.push(back[mine]![1]);
      back.splice(mine, 1);
      line.push(point);
      key = reached;
    }
    lines.push(line);
  }
  return lines;
}

/** The segments of one cell, as pairs of crossings; a saddle gets two segments that cut off two corners. */
function cellSegments(grid: DensityGrid, level: number, row: number, column: number): [Crossing, Crossing][] {
  const corners = [
    [row, column],
    [row, column + 1],
    [row + 1, column + 1],
    [row + 1, column],
  ] as const;
  const crossings: Crossing[] = [];
  corners.forEach((corner, side) => {
    const crossing = crossingBetween(grid, level, corner, corners[(side + 1) % 4]!);
    if (crossing) crossings.push(crossing);
  });
  const [first, second, third, fourth] = crossings;
  if (!first || !second) return [];
  return third && fourth
    ? [
        [first, second],
        [third, fourth],
      ]
    : [[first, second]];
}

type GridPoint = readonly [row: number, column: number];

function crossingBetween(grid: DensityGrid, level: number, a: GridPoint, b: GridPoint): Crossing | null {
  // The same edge seen from the neighbouring cell must give the same point and key.
  const [from, to] = a[0] < b[0] || a[1] < b[1] ? [a, b] : [b, a];
  const first = grid.values[from[0] * grid.size + from[1]]!;
  const second = grid.values[to[0] * grid.size + to[1]]!;
  if (first >= level === second >= level) return null;
  const share = (level - first) / (second - first);
  const across = (at: number, range: Range) => range.low + (at * (range.high - range.low)) / (grid.size - 1);
  return {
    key: `${from.join()} ${to.join()}`,
    point: [across(from[1] + share * (to[1] - from[1]), grid.x), across(from[0] + share * (to[0] - from[0]), grid.y)],
  };
}
