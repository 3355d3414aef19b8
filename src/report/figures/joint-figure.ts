/**
 * Two variables together: each layer of samples as points or as contours of its highest-density regions, so that
 * learned and true joint distributions share the same axes.
 */
import { coordinate, element, type Markup } from "../drawing/markup.js";
import type { Role } from "../drawing/palette.js";
import { labelWithUnit, type Range, rangeOf, type Scale } from "./axis.js";
import { chart } from "./chart.js";
import { contourLines, densityGrid, levelEnclosing } from "./contour.js";

/**
 * `x` and `y` are of equal length; a contour encloses each of `shares` (by default 25, 50, 75 and 95 %) of the mass.
 */
export interface JointLayer {
  readonly label: string;
  readonly role: Role;
  readonly draw: "points" | "contours";
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

export interface JointFigureInput {
  readonly title: string;
  readonly x: { readonly label: string; readonly unit?: string; readonly range?: Range };
  readonly y: { readonly label: string; readonly unit?: string; readonly range?: Range };
  /** The layers from back to front. */
  readonly layers: readonly JointLayer[];
  readonly shares?: readonly number[];
}

export const defaultShares = [0.25, 0.5, 0.75, 0.95] as const;
const maximumPoints = 1500;

export function jointFigure(input: JointFigureInput): Markup {
  const { layers, shares = defaultShares } = input;
  const xRange = input.x.range ?? rangeOf(...layers.map((layer) => layer.x));
  const yRange = input.y.range ?? rangeOf(...layers.map((layer) => layer.y));
  return chart({
    title: input.title,
    x: { title: labelWithUnit(input.x.label, input.x.unit), range: xRange },
    y: { title: labelWithUnit(input.y.label, input.y.unit), range: yRange },
    legend: layers.map(({ label, role, draw }) => ({ label, role, mark: draw === "points" ? "points" : "line" })),
    marks: (x, y) =>
      layers.map((layer) =>
        layer.draw === "points"
          ? element("path", { class: `points ${layer.role}`, d: pointsPath(layer, xRange, yRange, x, y) })
          : element("path", {
              class: `line thin ${layer.role}`,
              d: contoursPath(layer, shares, xRange, yRange, x, y),
            }),
      ),
  });
}

/** Dots as zero-length strokes with round ends: one short path instead of a circle each. */
function pointsPath(layer: JointLayer, xRange: Range, yRange: Range, x: Scale, y: Scale): string {
  const stride = Math.max(1, Math.ceil(layer.x.length / maximumPoints));
  let path = "";
  for (let k = 0; k < layer.x.length; k += stride) {
    const [px, py] = [layer.x[k]!, layer.y[k]!];
    if (!within(px, xRange) || !within(py, yRange)) continue;
    path += `M${coordinate(x(px))} ${coordinate(y(py))}h0`;
  }
  return path;
}

function within(value: number, range: Range): boolean {
  return value >= range.low && value <= range.high;
}

function contoursPath(
  layer: JointLayer,
  shares: readonly number[],
  xRange: Range,
  yRange: Range,
  x: Scale,
  y: Scale,
): string {
  const grid = densityGrid(layer.x, layer.y, xRange, yRange);
  return shares
    .flatMap((share) => contourLines(grid, levelEnclosing(grid, share)))
    .map((line) => {
      const closed = line.length > 2 && line[0]!.every((value, axis) => value === line.at(-1)![axis]);
      const points = (closed ? line.slice(0, -1) : line).map(([px, py]) => `${coordinate(x(px))} ${coordinate(y(py))}`);
      return `M${points.join("L")}${closed ? "Z" : ""}`;
    })
    .join("");
}
