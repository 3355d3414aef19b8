/**
 * The causal graph as SVG, after the paper's Figs. 1 and 2: variables are circles, shaded if observed and dashed if
 * latent; each exogenous noise is a small circle. The line between noise and variable shows the abduction: a white head
 * at the noise for an exact inverse, a dotted way back for an amortised one, a dashed one if the posterior is sampled,
 * none if the noise cannot be recovered. Fonts are not measured: widths are estimated from letter counts.
 */
import { element, type Markup } from "../drawing/markup.js";
import {
  blend,
  fontStack,
  type MechanismClass,
  mechanismColours,
  type Scheme,
  surface,
  svgStyle,
} from "../drawing/palette.js";
import { textWidth, wrapText } from "../drawing/text-lines.js";
import { arrowHead, edgePath, toward } from "./arrows.js";
import type { GraphEdge, GraphNode, GraphNoise, GraphView } from "./graph-view.js";
import { type Extent, type GraphLayout, layOut, type Position } from "./layout.js";
import { legend, legendHeight, legendWidth } from "./legend.js";
import { noiseArrow } from "./noise-arrow.js";

const nodeRadius = 23;
const noiseRadius = 11;
const noiseDistance = 56;
const noiseAngles = [180, 218, 142, 199, 161];
const nameSize = 15;
const captionLetters = 22;
const captionSize = 11;
const describedEdges = 40;

/** A standalone SVG document. */
export function graphSvg(view: GraphView): Markup {
  const noises = new Map<string, GraphNoise[]>(view.nodes.map((node) => [node.name, []]));
  for (const noise of view.noises) noises.get(noise.variable)?.push(noise);
  const noisesOf = (node: GraphNode) => noises.get(node.name) ?? [];
  const extents = view.nodes.map((node) => [node.name, extentOf(node, noisesOf(node).length > 0)] as const);
  const layout = layOut(view, new Map(extents));
  const key = legend(view);
  const width = Math.max(layout.width, legendWidth(view));
  const height = layout.height + legendHeight(view);
  const shift = Math.round((width - layout.width) / 2);
  const halves = new Map(view.nodes.map((node) => [node.name, halfWidth(node)]));
  const title = `Causal graph of ${view.title}`;
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      class: "scmc-graph",
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: "img",
      "aria-label": `${title}: ${describe(view)}`,
    },
    element("title", {}, title),
    graphStyle(view.classes),
    element("rect", { class: "card", width, height, rx: 8 }),
    element(
      "g",
      { transform: `translate(${shift} 0)` },
      confounding(view, layout, halves),
      view.edges.map((edge, at) => edgeMarkup(edge, layout.routes[at]!, halves)),
      view.nodes.map((node) => nodeGroup(node, noisesOf(node), layout.nodes.get(node.name)!)),
    ),
    element("g", { transform: `translate(0 ${layout.height})` }, key(width)),
  );
}

/** The graph in a sentence, for readers who cannot see it. */
function describe(view: GraphView): string {
  const edges = view.edges.map((edge) => `${edge.from} → ${edge.to}`);
  const common = view.confounded.map(([left, right]) => `${left} ↔ ${right}`);
  const all = [...edges, ...common];
  if (all.length > describedEdges) return `${view.nodes.length} variables and ${all.length} edges`;
  return all.length > 0 ? all.join(", ") : `${view.nodes.map((node) => node.name).join(", ")}, without edges`;
}

function captionLines(node: GraphNode): { readonly text: string; readonly action: boolean }[] {
  const doc = wrapText(node.doc, captionLetters, 2).map((text) => ({ text, action: false }));
  const action = wrapText(node.intervention ?? "", captionLetters + 4, 3).map((text) => ({ text, action: true }));
  return [...doc, ...action];
}

function extentOf(node: GraphNode, hasNoise: boolean): Extent {
  const widest = captionLines(node).reduce((most, line) => Math.max(most, textWidth(line.text, captionSize)), 0);
  return {
    left: halfWidth(node) + (hasNoise ? noiseDistance + noiseRadius - nodeRadius : 0),
    right: captionOffset(node) + widest,
  };
}

function nodeGroup(node: GraphNode, noises: readonly GraphNoise[], at: Position): Markup {
  const half = halfWidth(node);
  const lines = captionLines(node);
  const first = at.y + 4 - ((lines.length - 1) * 14) / 2;
  return element(
    "g",
    { class: node.mechanism },
    element("title", {}, node.doc ? `${node.assignment} — ${node.doc}` : node.assignment),
    noises.map((noise, order) => noiseGroup(noise, order, at, half)),
    node.intervention ? rounded("ring", at, half + 4, nodeRadius + 4) : null,
    rounded(node.latent ? "node latent" : "node", at, half, nodeRadius),
    element("text", { class: "name", x: at.x, y: at.y + 5 }, node.name),
    lines.map((line, order) =>
      element(
        "text",
        { class: line.action ? "action" : "caption", x: at.x + captionOffset(node), y: first + order * 14 },
        line.text,
      ),
    ),
  );
}

/** A circle, stretched sideways for a long name. */
function rounded(name: string, at: Position, half: number, radius: number): Markup {
  return half === radius
    ? element("circle", { class: name, cx: at.x, cy: at.y, r: radius })
    : element("rect", {
        class: name,
        x: at.x - half,
        y: at.y - radius,
        width: 2 * half,
        height: 2 * radius,
        rx: radius,
      });
}

function captionOffset(node: GraphNode): number {
  return halfWidth(node) + (node.intervention ? 11 : 7);
}

function halfWidth(node: GraphNode): number {
  return Math.max(nodeRadius, Math.ceil(textWidth(node.name, nameSize) / 2) + 9);
}

function noiseGroup(noise: GraphNoise, order: number, centre: Position, half: number): Markup {
  // The end of a stretched node is a half circle around this point.
  const node = { x: centre.x - (half - nodeRadius), y: centre.y };
  const angle = ((noiseAngles[order % noiseAngles.length] ?? 180) * Math.PI) / 180;
  const distance = noiseDistance + 26 * Math.floor(order / noiseAngles.length);
  const at = { x: node.x + distance * Math.cos(angle), y: node.y - distance * Math.sin(angle) };
  const subscript = textWidth(noise.symbol + noise.subscript, 9) > 26 ? "" : noise.subscript;
  return element(
    "g",
    { class: "noise" },
    element("title", {}, noise.description),
    noiseArrow(noise.recovery, toward(at, node, noiseRadius), toward(node, at, nodeRadius + 1)),
    element("circle", { cx: at.x, cy: at.y, r: noiseRadius }),
    element(
      "text",
      { class: "symbol", x: at.x, y: at.y + 3 },
      shorten(noise.symbol),
      subscript && element("tspan", { dy: 2.5, "font-size": 7.5 }, subscript),
    ),
  );
}

function shorten(symbol: string): string {
  return symbol.length > 3 ? `${symbol.slice(0, 2)}…` : symbol;
}

type HalfWidths = ReadonlyMap<string, number>;

function edgeMarkup(edge: GraphEdge, route: readonly Position[], halves: HalfWidths): Markup {
  const points = [...route];
  const last = points.length - 1;
  const tip = rim(points[last]!, halves.get(edge.to), points[last - 1]!);
  points[0] = rim(points[0]!, halves.get(edge.from), points[1]!);
  points[last] = toward(tip, points[last - 1]!, 6);
  return element(
    "g",
    { class: edge.changed ? "edge changed" : "edge" },
    element("path", { class: "line", d: edgePath(points) }),
    arrowHead(tip, points[last - 1]!),
  );
}

/** The point where a line from a node's centre to `goal` leaves the node, with a small gap; found by bisection. */
function rim(centre: Position, half = nodeRadius, goal: Position): Position {
  const straight = half - nodeRadius;
  const outside = (point: Position) => {
    const beyond = Math.max(0, Math.abs(point.x - centre.x) - straight);
    return Math.hypot(beyond, point.y - centre.y) > nodeRadius + 3;
  };
  let [inner, outer] = [0, Math.hypot(goal.x - centre.x, goal.y - centre.y)];
  for (let step = 0; step < 20; step++) {
    const middle = (inner + outer) / 2;
    if (outside(toward(centre, goal, middle))) outer = middle;
    else inner = middle;
  }
  return toward(centre, goal, outer);
}

function confounding(view: GraphView, layout: GraphLayout, halves: HalfWidths): Markup[] {
  return view.confounded.flatMap(([left, right]) => {
    const [from, to] = [layout.nodes.get(left), layout.nodes.get(right)];
    if (!from || !to) return [];
    const bend = {
      x: (from.x + to.x) / 2 + Math.abs(from.y - to.y) * 0.3,
      y: Math.max(6, (from.y + to.y) / 2 - Math.abs(from.x - to.x) * 0.3),
    };
    const [start, end] = [rim(from, halves.get(left), bend), rim(to, halves.get(right), bend)];
    return [
      element(
        "g",
        { class: "edge common" },
        element("title", {}, `${left} <-> ${right}: an unobserved common cause`),
        element("path", { class: "line", d: edgePath([toward(start, bend, 6), bend, toward(end, bend, 6)]) }),
        arrowHead(start, bend),
        arrowHead(end, bend),
      ),
    ];
  });
}

function graphStyle(classes: readonly MechanismClass[]): Markup {
  const fixed = [
    `text { font-family: ${fontStack}; }`,
    `.name { text-anchor: middle; font-style: italic; font-weight: 600; font-size: ${nameSize}px; }`,
    ".symbol { text-anchor: middle; font-style: italic; font-size: 11px; }",
    `.caption, .scmc-graph .action, .scmc-graph .key { font-size: ${captionSize}px; }`,
    // A halo keeps captions legible if a line passes under them.
    ".caption, .scmc-graph .action { paint-order: stroke; stroke-width: 3px; stroke-linejoin: round; }",
    ".action { font-weight: 600; }",
    ".node { stroke-width: 2; } ",
    ".latent { stroke-dasharray: 4 3; }",
    ".ring { fill: none; stroke-width: 1.5; }",
    ".noise circle { stroke-width: 1.2; }",
    ".line { fill: none; stroke-width: 1.5; }",
    ".back.amortised .line { stroke-dasharray: 1.5 2.5; }",
    ".back.sampled .line { stroke-dasharray: 4 2.5; }",
    ".common .line { stroke-dasharray: 4 3; }",
    ".hollow { stroke-width: 1.2; }",
  ];
  return svgStyle("scmc-graph", fixed, (scheme) => schemeRules(classes, scheme));
}

function schemeRules(classes: readonly MechanismClass[], scheme: Scheme): string[] {
  const card = surface.card[scheme];
  const intervention = mechanismColours.intervention[scheme];
  return [
    `.card { fill: ${card}; }`,
    `.caption, .scmc-graph .action { stroke: ${card}; }`,
    `text { fill: ${surface.text[scheme]}; }`,
    `.caption, .scmc-graph .key { fill: ${surface.muted[scheme]}; }`,
    `.action { fill: ${intervention}; }`,
    `.line { stroke: ${surface.text[scheme]}; }`,
    `.head { fill: ${surface.text[scheme]}; }`,
    `.hollow { fill: ${card}; stroke: ${surface.text[scheme]}; }`,
    `.common .line { stroke: ${surface.muted[scheme]}; }`,
    `.common .head { fill: ${surface.muted[scheme]}; }`,
    `.changed .line { stroke: ${intervention}; }`,
    `.changed .head { fill: ${intervention}; }`,
    ...classes.flatMap((name) => {
      const colour = mechanismColours[name][scheme];
      return [
        `.${name} .node { fill: ${blend(colour, card, 0.22)}; stroke: ${colour}; }`,
        `.${name} .noise circle { fill: ${card}; stroke: ${colour}; }`,
        `.${name} .noise .line, .scmc-graph .${name} .noise .hollow { stroke: ${colour}; }`,
        `.${name} .noise .head { fill: ${colour}; }`,
      ];
    }),
    `.ring { stroke: ${intervention}; }`,
    `.node.latent { fill: ${card}; }`,
  ];
}
