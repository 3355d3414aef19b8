/** The causal graph as a Mermaid flowchart, for pages that render Mermaid from text. */
import { blend, type MechanismClass, mechanismColours, mechanismNames } from "../drawing/palette.js";
import type { GraphNode, GraphNoise, GraphView, Recovery } from "./graph-view.js";

// Mermaid does not have white arrow heads: an exact inverse has heads at both ends, and the other kinds differ by the
// line.
const recoveryLink: Readonly<Record<Recovery, string>> = {
  exact: "<-->",
  amortised: "<-.->",
  sampled: "<-.->",
  recorded: "-->",
  none: "-->",
};

export function graphMermaid(view: GraphView): string {
  const links = [
    ...view.noises.map(
      (noise, index) => `${noiseId(noise, index)} ${recoveryLink[noise.recovery]} v_${noise.variable}`,
    ),
    ...view.edges.map((edge) => `v_${edge.from} --> v_${edge.to}`),
    ...view.confounded.map(([left, right]) => `v_${left} <-. "unobserved" .-> v_${right}`),
  ];
  const changed = view.edges.flatMap((edge, index) => (edge.changed ? [index + view.noises.length] : []));
  const lines = [
    "flowchart TD",
    `  accTitle: Causal graph of ${view.title}`,
    ...view.nodes.map((node) => `  ${nodeText(node)}`),
    ...view.noises.map((noise, index) => `  ${noiseText(noise, index)}`),
    ...links.map((link) => `  ${link}`),
    ...legendLines(view.classes),
    ...view.classes.map(classLine),
    "  classDef latent fill:none,stroke-dasharray:4 3",
    "  classDef noise fill:none,stroke-width:1px,font-size:11px",
    ...(changed.length > 0 ? [`  linkStyle ${changed.join(",")} stroke:${mechanismColours.intervention.light}`] : []),
  ];
  return `${lines.join("\n")}\n`;
}

function nodeText(node: GraphNode): string {
  const label = [
    `<b>${text(node.name)}</b>`,
    ...(node.doc ? [text(node.doc)] : []),
    ...(node.intervention ? [text(node.intervention)] : []),
  ].join("<br/>");
  const shape = node.intervention ? `((("${label}")))` : `(("${label}"))`;
  return `v_${node.name}${shape}:::${node.mechanism}${node.latent ? `\n  class v_${node.name} latent` : ""}`;
}

function noiseText(noise: GraphNoise, index: number): string {
  const id = noiseId(noise, index);
  return `${id}(("${text(noise.symbol)}<sub>${text(noise.subscript)}</sub>")):::${noise.mechanism}\n  class ${id} noise`;
}

function noiseId(noise: GraphNoise, index: number): string {
  return `n${index + 1}_${noise.variable}`;
}

function legendLines(classes: readonly MechanismClass[]): string[] {
  if (classes.length === 0) return [];
  const entries = classes.map((name) => `    legend_${name}["${mechanismNames[name]}"]:::${name}`);
  return ['  subgraph legend ["mechanisms"]', ...entries, "  end"];
}

function classLine(name: MechanismClass): string {
  const colour = mechanismColours[name].light;
  return `  classDef ${name} fill:${blend(colour, "#ffffff", 0.22)},stroke:${colour},color:#1b222c`;
}

/** The text for Mermaid: anything but letters, digits and a few harmless marks becomes a `#code;` entity. */
function text(plain: string): string {
  return plain.replace(/[^\p{L}\p{N} .,_+-]/gu, (letter) => `#${letter.codePointAt(0)};`);
}
