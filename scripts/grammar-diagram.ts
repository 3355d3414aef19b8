/** The grammar as one drawing: a railroad diagram for each rule of the parser, one under the other. */
import {
  Choice,
  Diagram,
  NonTerminal,
  OneOrMore,
  Optional,
  type Railroad,
  Sequence,
  Skip,
  Terminal,
  ZeroOrMore,
} from "@prantlf/railroad-diagrams";
import { type Production, productions, terminal } from "./grammar.js";

const titleHeight = 22;
const margin = 12;
const style = `
svg { background: #ffffff; }
path { stroke: #5b6675; stroke-width: 1.6; fill: none; }
rect { stroke: #0b6fb8; stroke-width: 1.4; fill: #eaf3fb; }
.terminal rect { stroke: #0b8a68; fill: #e9f7f2; }
text { font: 13px monospace; text-anchor: middle; fill: #1b222c; white-space: pre; }
.rule { font: bold 14px sans-serif; text-anchor: start; }
`;

export function grammarDiagram(): string {
  let top = margin;
  let widest = 0;
  const rules = productions().map(({ name, definition = [] }) => {
    const drawing = new Diagram(sequence(definition)).toString();
    const [, width, height] = drawing.match(/width="([\d.]+)" height="([\d.]+)"/) ?? [];
    const label = `<text class="rule" x="${margin}" y="${top + 14}">${name}</text>`;
    const placed = drawing.replace("<svg ", `<svg x="0" y="${top + titleHeight - 8}" `);
    top += titleHeight + Number(height);
    widest = Math.max(widest, Number(width));
    return `${label}\n${placed}`;
  });
  const size = `width="${widest}" height="${top}" viewBox="0 0 ${widest} ${top}"`;
  const title = "Grammar of the language";
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img">\n<title>${title}</title>\n<style>${style}</style>\n${rules.join("\n")}\n</svg>\n`;
}

function sequence(parts: readonly Production[]): Railroad {
  if (parts.length === 0) return new Skip();
  return parts.length === 1 ? draw(parts[0]!) : new Sequence(...parts.map(draw));
}

function draw({ type, name = "", definition = [], separator }: Production): Railroad {
  switch (type) {
    case "NonTerminal":
      return new NonTerminal(name);
    case "Terminal":
      return new Terminal(terminal(name).replace(/^"(.*)"$/, "$1"));
    case "Alternation":
      return new Choice(0, ...definition.map((alternative) => sequence(alternative.definition ?? [])));
    case "Option":
      return new Optional(sequence(definition));
    case "Repetition":
      return new ZeroOrMore(sequence(definition));
    case "RepetitionWithSeparator":
      return new Optional(new OneOrMore(sequence(definition), new Terminal(bare(separator!))));
    case "RepetitionMandatoryWithSeparator":
      return new OneOrMore(sequence(definition), new Terminal(bare(separator!)));
    default:
      throw new Error(`unknown part of a grammar: ${type}`);
  }
}

function bare(separator: Production): string {
  return terminal(separator.name!).replace(/^"(.*)"$/, "$1");
}
