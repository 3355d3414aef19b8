/**
 * Positions for a causal graph, in pixels: layers from top to bottom, each point as near to its neighbours as the
 * widths of the points beside it allow. The placement of one row is a least-squares problem with order constraints,
 * solved exactly by pooling adjacent violators; rows are swept until they settle.
 */
import type { GraphView } from "./graph-view.js";
import { arrangeInLayers, type Layers, type Point } from "./layers.js";

export interface Position {
  readonly x: number;
  readonly y: number;
}

/** The distances that a variable's drawing (noises to the left, caption to the right) reaches from its centre. */
export interface Extent {
  readonly left: number;
  readonly right: number;
}

export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: ReadonlyMap<string, Position>;
  /** For each edge of the view: its points from parent to child, including both centres. */
  readonly routes: readonly (readonly Position[])[];
}

export const layerHeight = 104;
const margin = 16;
const gap = 22;
const halfNodeHeight = 36;
const wayPoint: Extent = { left: 10, right: 10 };
const sweeps = 24;

export function layOut(view: GraphView, extents: ReadonlyMap<string, Extent>): GraphLayout {
  const layers = arrangeInLayers(view);
  const sizes = layers.points.map((point) => (point.name === null ? wayPoint : (extents.get(point.name) ?? wayPoint)));
  const xs = placeRows(layers, sizes);
  const [left, right] = reach(xs, sizes);
  const position = (index: number): Position => ({
    x: Math.round(xs[index]! - left + margin),
    y: margin + halfNodeHeight + layers.points[index]!.layer * layerHeight,
  });
  const nodes = new Map<string, Position>();
  layers.points.forEach((point, index) => {
    if (point.name !== null) nodes.set(point.name, position(index));
  });
  return {
    width: Math.ceil(right - left + 2 * margin),
    height: 2 * (margin + halfNodeHeight) + Math.max(0, layers.rows.length - 1) * layerHeight,
    nodes,
    routes: layers.routes.map((route) => route.map(position)),
  };
}

/** The leftmost and the rightmost pixel of all points. */
function reach(xs: readonly number[], sizes: readonly Extent[]): readonly [left: number, right: number] {
  let [left, right] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  xs.forEach((x, index) => {
    left = Math.min(left, x - sizes[index]!.left);
    right = Math.max(right, x + sizes[index]!.right);
  });
  return xs.length > 0 ? [left, right] : [0, 0];
}

function placeRows(layers: Layers, sizes: readonly Extent[]): number[] {
  const xs = new Array<number>(layers.points.length).fill(0);
  const separations = layers.rows.map((row) =>
    row.map((point, at) => (at === 0 ? 0 : sizes[row[at - 1]!]!.right + gap + sizes[point]!.left)),
  );
  layers.rows.forEach((row, layer) => {
    placeRow(
      row,
      row.map(() => 0),
      row.map(() => 1),
      separations[layer]!,
      xs,
    );
  });
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const order = sweep % 2 === 0 ? layers.rows.keys() : [...layers.rows.keys()].reverse();
    for (const layer of order) {
      const row = layers.rows[layer]!;
      const wishes = row.map((index) => wishOf(layers.points, index, xs));
      placeRow(
        row,
        wishes.map(([x]) => x),
        wishes.map(([, weight]) => weight),
        separations[layer]!,
        xs,
      );
    }
  }
  return xs;
}

/** The preferred position of a point and its weight: way points weigh most, so long edges run straight. */
function wishOf(points: readonly Point[], index: number, xs: readonly number[]): readonly [number, number] {
  const point = points[index]!;
  let sum = 0;
  let total = 0;
  for (const neighbour of [...point.above, ...point.below]) {
    const weight = (point.name === null ? 2 : 1) * (points[neighbour]!.name === null ? 2 : 1);
    sum += weight * xs[neighbour]!;
    total += weight;
  }
  return total > 0 ? [sum / total, total] : [xs[index]!, 0.01];
}

interface Block {
  sum: number;
  weight: number;
  count: number;
}

/** The positions closest to the preferred ones in least squares, with x[k] - x[k - 1] at least separations[k]. */
function placeRow(
  row: readonly number[],
  wishes: readonly number[],
  weights: readonly number[],
  separations: readonly number[],
  xs: number[],
): void {
  const offsets: number[] = [];
  for (const separation of separations) offsets.push((offsets.at(-1) ?? 0) + separation);
  const blocks: Block[] = [];
  wishes.forEach((wish, at) => {
    blocks.push({ sum: weights[at]! * (wish - offsets[at]!), weight: weights[at]!, count: 1 });
    for (let last = blocks.length - 1; last > 0; last--) {
      const [before, after] = [blocks[last - 1]!, blocks[last]!];
      if (before.sum / before.weight <= after.sum / after.weight) break;
      blocks.splice(last - 1, 2, {
        sum: before.sum + after.sum,
        weight: before.weight + after.weight,
        count: before.count + after.count,
      });
    }
  });
  let at = 0;
  for (const block of blocks) {
    for (let member = 0; member < block.count; member++, at++) {
      xs[row[at]!] = block.sum / block.weight + offsets[at]!;
    }
  }
}
