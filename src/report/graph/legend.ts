/** The legend under a causal graph: the mechanism classes and the ways of abduction that the graph holds. */
import { element, type Markup } from "../drawing/markup.js";
import { mechanismNames } from "../drawing/palette.js";
import { textWidth } from "../drawing/text-lines.js";
import { arrowHead } from "./arrows.js";
import type { GraphView, Recovery } from "./graph-view.js";
import { noiseArrow } from "./noise-arrow.js";

const rowHeight = 20;
const padding = 18;
const above = 14;
const size = 11;
const symbolWidth = 24;

const recoveryNames: Readonly<Record<Recovery, string>> = {
  exact: "exact inverse",
  amortised: "amortised",
  sampled: "posterior sample",
  recorded: "kept with the sample",
  none: "not recovered",
};

interface Entry {
  readonly text: string;
  readonly symbol: Markup;
}

export function legendHeight(view: GraphView): number {
  const rows = Math.max(...columns(view).map((column) => column.length));
  return rows === 0 ? 0 : rows * rowHeight + padding + above - 8;
}

export function legendWidth(view: GraphView): number {
  return columns(view).reduce((total, column) => total + columnWidth(column), 2 * padding);
}

/** Markup for a drawing of the given width, from y = 0 downwards, centred. */
export function legend(view: GraphView): (width: number) => Markup {
  return (width) => {
    let x = (width - legendWidth(view)) / 2 + padding;
    return element(
      "g",
      {},
      columns(view).map((column) => {
        const left = x;
        x += columnWidth(column);
        return column.map((entry, row) =>
          element(
            "g",
            { transform: `translate(${Math.round(left)} ${row * rowHeight + above})` },
            entry.symbol,
            element("text", { class: "key", x: symbolWidth + 6, y: 4 }, entry.text),
          ),
        );
      }),
    );
  };
}

function columnWidth(column: readonly Entry[]): number {
  if (column.length === 0) return 0;
  return symbolWidth + 6 + Math.max(...column.map((entry) => textWidth(entry.text, size))) + 16;
}

function columns(view: GraphView): readonly (readonly Entry[])[] {
  const recoveries = new Set(view.noises.map((noise) => noise.recovery));
  const kinds = (Object.keys(recoveryNames) as Recovery[]).filter((recovery) => recoveries.has(recovery));
  const latent = view.nodes.find((node) => node.latent);
  const circle = (mechanism: string, name: string) => {
    return element("g", { class: mechanism }, element("circle", { class: name, cx: symbolWidth / 2, r: 6 }));
  };
  return [
    [
      ...view.classes.map((name) => ({ text: mechanismNames[name], symbol: circle(name, "node") })),
      ...(latent ? [{ text: "latent", symbol: circle(latent.mechanism, "node latent") }] : []),
    ],
    [
      ...kinds.map((recovery) => ({
        text: recoveryNames[recovery],
        symbol: noiseArrow(recovery, { x: 0, y: 0 }, { x: symbolWidth, y: 0 }),
      })),
      ...(view.confounded.length > 0 ? [{ text: "unobserved common cause", symbol: commonCause() }] : []),
    ],
  ];
}

function commonCause(): Markup {
  const [left, right] = [
    { x: 0, y: 0 },
    { x: symbolWidth, y: 0 },
  ];
  const line = element("path", { class: "line", d: `M6 0H${symbolWidth - 6}` });
  return element("g", { class: "common" }, line, arrowHead(left, right), arrowHead(right, left));
}
