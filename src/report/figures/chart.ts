/**
 * The frame that all charts share: an SVG with a legend above, grid lines, ticks and titles of both axes, and the style
 * sheet of both colour schemes. The marks are drawn by the caller, in pixels through the frame's scales.
 */

import { coordinate, element, type Markup } from "../drawing/markup.js";
import { blend, dashes, fontStack, type Role, roles, type Scheme, surface, svgStyle } from "../drawing/palette.js";
import { textWidth } from "../drawing/text-lines.js";
import { linearScale, type Range, type Scale, tickLabel, ticks } from "./axis.js";

export interface AxisInput {
  readonly title: string;
  readonly range: Range;
}

export type Mark = "line" | "area" | "points";

export interface LegendEntry {
  readonly label: string;
  readonly role: Role;
  readonly mark: Mark;
}

export interface ChartInput {
  /** A sentence that says what the figure shows; screen readers read it in place of the picture. */
  readonly title: string;
  readonly x: AxisInput;
  readonly y: AxisInput;
  readonly legend: readonly LegendEntry[];
  readonly width?: number;
  readonly height?: number;
  readonly marks: (x: Scale, y: Scale) => readonly Markup[];
}

const fontSize = 12;
const legendRow = 20;

export function chart(input: ChartInput): Markup {
  const { width = 480, height = 320 } = input;
  const [xTicks, yTicks] = [ticks(input.x.range, 6), ticks(input.y.range, 5)];
  const labelWidth = Math.max(...yTicks.map((value) => textWidth(tickLabel(value), fontSize)), 0);
  const left = Math.ceil(labelWidth) + 44;
  const legend = placeLegend(input.legend, width - left - 14);
  const box = { left, right: width - 18, top: legend.height + 18, bottom: height - 48 };
  const x = linearScale(input.x.range, { low: box.left, high: box.right });
  const y = linearScale(input.y.range, { low: box.bottom, high: box.top });
  const middle = { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      class: "scmc-chart",
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: "img",
      "aria-label": input.title,
    },
    element("title", {}, input.title),
    chartStyle(input.legend),
    element("rect", { class: "card", width, height, rx: 8 }),
    element("g", { transform: `translate(${box.left} 12)` }, legend.markup),
    yTicks.map((value) => element("path", { class: "grid", d: `M${box.left} ${coordinate(y(value))}H${box.right}` })),
    element("g", { class: "marks" }, [...input.marks(x, y)]),
    element("path", { class: "axis", d: `M${box.left} ${box.bottom}H${box.right}` }),
    xTicks.map((value) => xTick(value, x(value), box.bottom)),
    yTicks.map((value) => element("text", { class: "tick end", x: box.left - 8, y: y(value) + 4 }, tickLabel(value))),
    element("text", { class: "title", x: middle.x, y: height - 12 }, input.x.title),
    element("text", { class: "title", transform: `translate(18 ${coordinate(middle.y)}) rotate(-90)` }, input.y.title),
  );
}

function xTick(value: number, x: number, bottom: number): Markup {
  return element(
    "g",
    {},
    element("path", { class: "axis", d: `M${coordinate(x)} ${bottom}v5` }),
    element("text", { class: "tick", x, y: bottom + 19 }, tickLabel(value)),
  );
}

/** Places the entries from left to right, in as many rows as the width needs. */
function placeLegend(entries: readonly LegendEntry[], width: number): { markup: Markup; height: number } {
  let [left, row] = [0, 0];
  const placed = entries.map((entry) => {
    const size = 30 + textWidth(entry.label, fontSize) + 18;
    if (left > 0 && left + size > width) [left, row] = [0, row + 1];
    const at = `translate(${coordinate(left)} ${row * legendRow + 8})`;
    left += size;
    return element("g", { transform: at }, sample(entry), element("text", { class: "key", x: 30, y: 4 }, entry.label));
  });
  return { markup: element("g", {}, placed), height: entries.length > 0 ? (row + 1) * legendRow : 0 };
}

function sample(entry: LegendEntry): Markup {
  if (entry.mark === "area") return element("rect", { class: `area ${entry.role}`, y: -5, width: 22, height: 10 });
  if (entry.mark === "line") return element("path", { class: `line ${entry.role}`, d: "M0 0H22" });
  return element("path", { class: `points ${entry.role} sample`, d: "M4 2h0M11 -2h0M18 2h0" });
}

function chartStyle(legend: readonly LegendEntry[]): Markup {
  const used = [...new Set(legend.map((entry) => entry.role))];
  const fixed = [
    `text { font-family: ${fontStack}; font-size: ${fontSize}px; }`,
    ".tick, .scmc-chart .title { text-anchor: middle; }",
    ".tick { font-variant-numeric: tabular-nums; }",
    ".tick.end { text-anchor: end; }",
    ".grid, .scmc-chart .axis { fill: none; stroke-width: 1; }",
    ".line { fill: none; stroke-width: 2; stroke-linejoin: round; }",
    ".thin { stroke-width: 1.4; }",
    ".points { fill: none; stroke-width: 2.6; stroke-linecap: round; stroke-opacity: 0.6; }",
    ".points.sample { stroke-width: 4; stroke-opacity: 0.8; }",
    ...used.flatMap((role) => (dashes[role] ? [`.line.${role} { stroke-dasharray: ${dashes[role]}; }`] : [])),
  ];
  return svgStyle("scmc-chart", fixed, (scheme) => schemeRules(used, scheme));
}

function schemeRules(used: readonly Role[], scheme: Scheme): string[] {
  return [
    `.card { fill: ${surface.card[scheme]}; }`,
    `text { fill: ${surface.text[scheme]}; }`,
    `.tick { fill: ${surface.muted[scheme]}; }`,
    `.grid { stroke: ${surface.faint[scheme]}; }`,
    `.axis { stroke: ${surface.muted[scheme]}; }`,
    ...used.flatMap((role) => [
      `.${role} { stroke: ${roles[role][scheme]}; }`,
      `.points.${role} { stroke: ${blend(roles[role][scheme], surface.muted[scheme], 0.6)}; }`,
      `.area.${role} { stroke: none; fill: ${blend(roles[role][scheme], surface.card[scheme], 0.75)}; }`,
    ]),
  ];
}

/** `M…L…` through the points, in pixels; points that are not finite break the line. */
export function linePath(xs: ArrayLike<number>, ys: ArrayLike<number>, x: Scale, y: Scale): string {
  let path = "";
  let open = false;
  for (let k = 0; k < xs.length; k++) {
    const [px, py] = [x(xs[k]!), y(ys[k]!)];
    const finite = Number.isFinite(px) && Number.isFinite(py);
    if (finite) path += `${open ? "L" : "M"}${coordinate(px)} ${coordinate(py)}`;
    open = finite;
  }
  return path;
}
