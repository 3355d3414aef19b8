/**
 * The order of nodes in a layered drawing (Sugiyama, Tagawa and Toda 1981): each variable is one layer below its lowest
 * parent, and an edge over several layers passes through a way point in each layer between. The points of a layer are
 * ordered by the mean position of their neighbours in sweeps down and up, which keeps crossings few.
 */
import type { GraphView } from "./graph-view.js";

/** A variable, or a way point of a long edge. Neighbours are indices into `Layers.points`. */
export interface Point {
  /** The variable's name; null for a way point. */
  readonly name: string | null;
  readonly layer: number;
  readonly above: number[];
  readonly below: number[];
}

export interface Layers {
  readonly points: readonly Point[];
  /** Indices into `points`, from left to right. */
  readonly rows: number[][];
  /** For each edge of the view: its points from parent to child. */
  readonly routes: readonly (readonly number[])[];
}

// The cap on way points. Larger graphs get straight long edges, because such a drawing is for searching, not for
// reading.
const maximumWayPoints = 20_000;
const sweeps = 12;

export function arrangeInLayers(view: GraphView): Layers {
  const layerOf = longestPathLayers(view);
  const points: Point[] = [];
  const indexOf = new Map<string, number>();
  const add = (name: string | null, layer: number) => points.push({ name, layer, above: [], below: [] }) - 1;
  for (const node of view.nodes) indexOf.set(node.name, add(node.name, layerOf.get(node.name) ?? 0));
  const spans = view.edges.map((edge) => Math.abs((layerOf.get(edge.to) ?? 0) - (layerOf.get(edge.from) ?? 0)));
  const withWayPoints = spans.reduce((total, span) => total + span, 0) <= maximumWayPoints;
  const routes = view.edges.map((edge) => {
    const from = indexOf.get(edge.from)!;
    const to = indexOf.get(edge.to)!;
    const route = [from];
    const last = points[to]!.layer;
    for (let layer = points[from]!.layer + 1; withWayPoints && layer < last; layer++) route.push(add(null, layer));
    route.push(to);
    for (let at = 1; at < route.length; at++) {
      points[route[at - 1]!]!.below.push(route[at]!);
      points[route[at]!]!.above.push(route[at - 1]!);
    }
    return route;
  });
  return { points, rows: orderRows(points), routes };
}

/** Layers by Kahn's algorithm, because an intervention's new edges may run against the model's own order. */
function longestPathLayers(view: GraphView): Map<string, number> {
  const children = new Map<string, string[]>(view.nodes.map((node) => [node.name, []]));
  const waiting = new Map<string, number>(view.nodes.map((node) => [node.name, 0]));
  for (const { from, to } of view.edges) {
    children.get(from)?.push(to);
    waiting.set(to, (waiting.get(to) ?? 0) + 1);
  }
  const layers = new Map<string, number>(view.nodes.map((node) => [node.name, 0]));
  const ready = view.nodes.map((node) => node.name).filter((name) => waiting.get(name) === 0);
  for (let name = ready.pop(); name !== undefined; name = ready.pop()) {
    for (const child of children.get(name) ?? []) {
      layers.set(child, Math.max(layers.get(child)!, layers.get(name)! + 1));
      waiting.set(child, waiting.get(child)! - 1);
      if (waiting.get(child) === 0) ready.push(child);
    }
  }
  return layers;
}

function orderRows(points: readonly Point[]): number[][] {
  const rows: number[][] = [];
  points.forEach((point, index) => {
    for (let layer = rows.length; layer <= point.layer; layer++) rows.push([]);
    rows[point.layer]!.push(index);
  });
  const place = new Array<number>(points.length).fill(0);
  const note = (row: readonly number[]) =>
    row.forEach((point, at) => {
      place[point] = at - (row.length - 1) / 2;
    });
  rows.forEach(note);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const down = sweep % 2 === 0;
    const order = down ? rows.keys() : [...rows.keys()].reverse();
    for (const layer of order) {
      const row = rows[layer]!;
      sortByNeighbours(row, points, place, down ? "above" : "below");
      note(row);
    }
  }
  return rows;
}

/** Sorts stably; a point without neighbours on that side stays near its old place. */
function sortByNeighbours(row: number[], points: readonly Point[], place: number[], side: "above" | "below"): void {
  const wish = new Map<number, number>();
  for (const index of row) {
    const neighbours = points[index]![side];
    const sum = neighbours.reduce((total, neighbour) => total + place[neighbour]!, 0);
    wish.set(index, neighbours.length > 0 ? sum / neighbours.length : place[index]!);
  }
  row.sort((left, right) => wish.get(left)! - wish.get(right)!);
}
