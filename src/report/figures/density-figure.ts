/** Densities of one variable on shared axes: curves (learned, true, …) over a histogram of the data. */
import { coordinate, element, type Markup } from "../drawing/markup.js";
import type { Role } from "../drawing/palette.js";
import { labelWithUnit, type Range, rangeOf, type Scale } from "./axis.js";
import { chart, linePath } from "./chart.js";
import { type Histogram, histogram, kernelDensity } from "./histogram.js";

/** A density at points in increasing order, per unit of the variable. */
export interface DensityCurve {
  readonly label: string;
  readonly role: Role;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

export interface DensityFigureInput {
  /** A sentence that says what the figure shows, for readers who cannot see it. */
  readonly title: string;
  readonly variable: { readonly label: string; readonly unit?: string };
  readonly curves: readonly DensityCurve[];
  readonly data?: { readonly label: string; readonly values: ArrayLike<number>; readonly bins?: number };
  /** The variable's axis; by default it holds the data and the curves. */
  readonly range?: Range;
}

export function densityFigure(input: DensityFigureInput): Markup {
  const { curves, data } = input;
  const range = input.range ?? rangeOf(...curves.map((curve) => curve.x), data?.values ?? []);
  const bars = data ? histogram(data.values, range, data.bins) : null;
  const top = rangeOf([0], ...curves.map((curve) => inside(curve, range).y), bars?.densities ?? []).high;
  const { label, unit } = input.variable;
  return chart({
    title: input.title,
    x: { title: labelWithUnit(label, unit), range },
    y: { title: unit ? `density (per ${unit})` : "density", range: { low: 0, high: top * 1.05 } },
    legend: [
      ...(data ? [{ label: data.label, role: "data", mark: "area" } as const] : []),
      ...curves.map(({ label, role }) => ({ label, role, mark: "line" }) as const),
    ],
    marks: (x, y) => [
      ...(bars ? [element("path", { class: "area data", d: barsPath(bars, x, y) })] : []),
      ...curves.map((curve) => {
        const seen = inside(curve, range);
        return element("path", { class: `line ${curve.role}`, d: linePath(seen.x, seen.y, x, y) });
      }),
    ],
  });
}

/** A curve through samples of a model whose density has no formula; `bounds` are the ends of the variable's domain. */
export function sampledCurve(
  label: string,
  role: Role,
  samples: ArrayLike<number>,
  bounds: Partial<Range> = {},
): DensityCurve {
  return { label, role, ...kernelDensity(samples, bounds) };
}

/** The part of a curve that lies within the axis. */
function inside(curve: DensityCurve, range: Range): { x: number[]; y: number[] } {
  const [x, y]: [number[], number[]] = [[], []];
  for (let k = 0; k < curve.x.length; k++) {
    if (curve.x[k]! < range.low || curve.x[k]! > range.high) continue;
    x.push(curve.x[k]!);
    y.push(curve.y[k]!);
  }
  return { x, y };
}

/** All bars as one path, a hair apart. */
function barsPath(bars: Histogram, x: Scale, y: Scale): string {
  let path = "";
  bars.densities.forEach((density, bin) => {
    if (density === 0) return;
    const [left, right] = [x(bars.edges[bin]!) + 0.4, x(bars.edges[bin + 1]!) - 0.4];
    path += `M${coordinate(left)} ${coordinate(y(0))}V${coordinate(y(density))}H${coordinate(right)}V${coordinate(y(0))}Z`;
  });
  return path;
}
