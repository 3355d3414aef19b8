/** Lines and arrow heads, drawn as plain paths: SVG markers need ids, which collide if several graphs share a page. */
import { coordinate, element, fragment, type Markup } from "../drawing/markup.js";
import type { Position } from "./layout.js";

const headLength = 7;
const headHalfWidth = 3.2;
// The share of each leg that stays straight, which sets how close a rounded corner comes to its way point.
const straightShare = 0.62;

/** `from` moved towards `to` by a distance. */
export function toward(from: Position, to: Position, distance: number): Position {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  return { x: from.x + ((to.x - from.x) * distance) / length, y: from.y + ((to.y - from.y) * distance) / length };
}

/** A filled head with its point at `tip`, coming from `from`; a hollow head marks the abductive direction. */
export function arrowHead(tip: Position, from: Position, hollow = false): Markup {
  const base = toward(tip, from, headLength);
  const side = { x: (tip.y - base.y) / headLength, y: (base.x - tip.x) / headLength };
  const corner = (sign: number) => ({
    x: base.x + sign * headHalfWidth * side.x,
    y: base.y + sign * headHalfWidth * side.y,
  });
  return element("path", { class: hollow ? "hollow" : "head", d: `M${at(tip)}L${at(corner(1))}L${at(corner(-1))}Z` });
}

/** A straight arrow; a class that starts with `back` has a hollow head. */
export function arrow(from: Position, to: Position, name = "forth"): Markup {
  const end = toward(to, from, headLength - 1);
  return element(
    "g",
    { class: name },
    element("path", { class: "line", d: `M${at(from)}L${at(end)}` }),
    arrowHead(to, from, name.startsWith("back")),
  );
}

/** An invertible mapping: a black head forwards, a white head backwards. */
export function bothWays(from: Position, to: Position): Markup {
  const line = `M${at(toward(from, to, headLength - 1))}L${at(toward(to, from, headLength - 1))}`;
  return fragment(element("path", { class: "line", d: line }), arrowHead(to, from), arrowHead(from, to, true));
}

/** A line through points, its corners rounded. */
export function edgePath(points: readonly Position[]): string {
  const last = points.length - 1;
  let path = `M${at(points[0]!)}`;
  for (let k = 1; k < last; k++) {
    const [before, corner, after] = [points[k - 1]!, points[k]!, points[k + 1]!];
    path += `L${at(between(before, corner, straightShare))}Q${at(corner)} ${at(between(corner, after, 1 - straightShare))}`;
  }
  return `${path}L${at(points[last]!)}`;
}

function between(from: Position, to: Position, share: number): Position {
  return { x: from.x + share * (to.x - from.x), y: from.y + share * (to.y - from.y) };
}

function at(point: Position): string {
  return `${coordinate(point.x)} ${coordinate(point.y)}`;
}
