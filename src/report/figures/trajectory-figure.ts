/**
 * A variable's values against the values that an intervention sets (paper, Fig. 4): one line per unit, and their mean.
 */
import { element, type Markup } from "../drawing/markup.js";
import { rangeOf } from "./axis.js";
import { chart, linePath } from "./chart.js";

export interface TrajectoryFigureInput {
  /** A sentence that says what the figure shows, for readers who cannot see it. */
  readonly title: string;
  /** The values set, one for each world. */
  readonly set: { readonly label: string; readonly values: readonly number[] };
  readonly variable: { readonly label: string };
  /** The value of each unit in each world. */
  readonly units: readonly ArrayLike<number>[];
  /** The mean over all units in each world. */
  readonly mean: readonly number[];
}

export function trajectoryFigure({ title, set, variable, units, mean }: TrajectoryFigureInput): Markup {
  const order = set.values.map((_, world) => world).sort((a, b) => set.values[a]! - set.values[b]!);
  const sorted = (values: ArrayLike<number>) => order.map((world) => values[world]!);
  const x = sorted(set.values);
  return chart({
    title,
    x: { title: set.label, range: rangeOf(x) },
    y: { title: variable.label, range: rangeOf(...units, mean) },
    legend: [
      { label: "units", role: "data", mark: "line" },
      { label: "mean of all", role: "learned", mark: "line" },
    ],
    marks: (xScale, yScale) => [
      ...units.map((values) =>
        element("path", { class: "line thin data", d: linePath(x, sorted(values), xScale, yScale) }),
      ),
      element("path", { class: "line learned", d: linePath(x, sorted(mean), xScale, yScale) }),
    ],
  });
}
