/**
 * The causal graph in Graphviz's DOT: variables are filled circles, noises small ones, and colours tell the classes
 * apart.
 */
import { escapeText } from "../drawing/markup.js";
import { blend, type MechanismClass, mechanismColours, mechanismNames } from "../drawing/palette.js";
import type { GraphNode, GraphNoise, GraphView, Recovery } from "./graph-view.js";

const recoveryStyle: Readonly<Record<Recovery, string>> = {
  exact: 'dir=both arrowhead=normal arrowtail=empty tooltip="exact inverse"',
  amortised: 'dir=both arrowhead=normal arrowtail=empty style=dotted tooltip="amortised"',
  sampled: 'dir=both arrowhead=normal arrowtail=empty style=dashed tooltip="posterior sample"',
  recorded: 'arrowhead=normal tooltip="kept with the sample"',
  none: "arrowhead=normal",
};

export function graphDot(view: GraphView): string {
  const lines = [
    `digraph ${quote(view.title)} {`,
    "  graph [rankdir=TB nodesep=0.5 ranksep=0.55 fontname=Helvetica]",
    "  node [fontname=Helvetica fontsize=14 shape=circle margin=0.04 width=0.6 penwidth=1.6]",
    "  edge [fontname=Helvetica fontsize=10 arrowsize=0.7]",
    ...view.nodes.map(nodeLine),
    ...view.noises.flatMap(noiseLines),
    ...view.edges.map(
      (edge) => `  ${node(edge.from)} -> ${node(edge.to)}${edge.changed ? ` [color="${light("intervention")}"]` : ""}`,
    ),
    ...view.confounded.map(
      ([left, right]) =>
        `  ${node(left)} -> ${node(right)} [dir=both style=dashed constraint=false color="#5b6675" tooltip="unobserved common cause"]`,
    ),
    ...legendLines(view.classes),
    "}",
  ];
  return `${lines.join("\n")}\n`;
}

/**
 * The node of a variable: a circle or, with a caption, an ellipse wide enough for it, because labels beside nodes may
 * cover edges.
 */
function nodeLine(variable: GraphNode): string {
  const colour = light(variable.mechanism);
  const small = (text: string, colour: string) =>
    text ? `<BR/><FONT POINT-SIZE="9" COLOR="${colour}">${escapeText(text)}</FONT>` : "";
  const caption = small(variable.doc, "#5b6675") + small(variable.intervention ?? "", light("intervention"));
  return [
    `  ${node(variable.name)} [label=<<B>${escapeText(variable.name)}</B>${caption}>`,
    `shape=${caption ? "ellipse" : "circle"} style=${variable.latent ? "dashed" : "filled"} color="${colour}"`,
    `fillcolor="${blend(colour, "#ffffff", 0.22)}"${variable.intervention ? " peripheries=2" : ""}`,
    `tooltip=${quote(variable.assignment)}]`,
  ].join(" ");
}

function noiseLines(noise: GraphNoise, index: number): string[] {
  const colour = light(noise.mechanism);
  const label = `<${escapeText(noise.symbol)}<SUB>${escapeText(noise.subscript)}</SUB>>`;
  const id = quote(`noise ${index + 1} of ${noise.variable}`);
  return [
    `  ${id} [label=${label} width=0.34 height=0.34 margin=0.01 fontsize=9 penwidth=1 color="${colour}" tooltip=${quote(noise.description)}]`,
    `  ${id} -> ${node(noise.variable)} [color="${colour}" arrowsize=0.5 ${recoveryStyle[noise.recovery]}]`,
  ];
}

function legendLines(classes: readonly MechanismClass[]): string[] {
  if (classes.length === 0) return [];
  const rows = classes.map(
    (name) => `<TR><TD><FONT COLOR="${light(name)}">●</FONT></TD><TD ALIGN="LEFT">${mechanismNames[name]}</TD></TR>`,
  );
  const table = `<TABLE BORDER="0" CELLSPACING="0" CELLPADDING="2">${rows.join("")}</TABLE>`;
  return [`  legend [shape=plain fontsize=9 label=<${table}>]`];
}

/** The node's name; variables have a prefix, so none is mistaken for a noise, the legend or a keyword. */
function node(name: string): string {
  return quote(`variable ${name}`);
}

function light(name: MechanismClass): string {
  return mechanismColours[name].light;
}

/** A quoted label; a backslash starts an escape in DOT's labels, so it is doubled too. */
function quote(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll(/\r?\n/g, "\\n")}"`;
}
