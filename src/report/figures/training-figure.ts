/** The loss of one or more fits by epoch. */
import { element, type Markup } from "../drawing/markup.js";
import type { Role } from "../drawing/palette.js";
import { rangeOf } from "./axis.js";
import { chart, linePath } from "./chart.js";

export interface TrainingFigureInput {
  readonly title: string;
  /** The axis of the loss, with its unit: `loss (nats per row)`. */
  readonly lossLabel: string;
  /** Losses after epochs 1, 2, … */
  readonly series: readonly { readonly label: string; readonly role: Role; readonly losses: ArrayLike<number> }[];
}

export function trainingFigure(input: TrainingFigureInput): Markup {
  const { series } = input;
  const loss = rangeOf(...series.map((each) => each.losses));
  const pad = (loss.high - loss.low) * 0.05;
  const epochs = Math.max(2, ...series.map((each) => each.losses.length));
  return chart({
    title: input.title,
    x: { title: "epoch", range: { low: 1, high: epochs } },
    y: { title: input.lossLabel, range: { low: loss.low - pad, high: loss.high + pad } },
    legend: series.map(({ label, role }) => ({ label, role, mark: "line" })),
    marks: (x, y) =>
      series.map(({ role, losses }) => {
        const numbers = Array.from({ length: losses.length }, (_, k) => k + 1);
        return element("path", { class: `line ${role}`, d: linePath(numbers, losses, x, y) });
      }),
  });
}
