/** `scmc graph`: draws the causal graph as DOT, Mermaid or SVG, as it is or under interventions. */
import { extname } from "node:path";
import { failure } from "../../diagnostics/diagnostic.js";
import { causalGraphDot, causalGraphMermaid, causalGraphSvg, type GraphOptions } from "../../report/causal-graph.js";
import type { Model } from "../../schema/types.js";
import { compileDo } from "../options/do-option.js";
import type { GraphFormat } from "../options/graph-format.js";
import { requireDescribedModel } from "../places/model-file.js";
import { writeText } from "../places/write-text.js";

export interface GraphVerbOptions {
  /** The format; if left out, the output's name decides, and stdout gets DOT. */
  readonly format?: GraphFormat;
  readonly do?: readonly string[];
  readonly out?: string;
}

const drawings: Readonly<Record<GraphFormat, (model: Model, options: GraphOptions) => string>> = {
  dot: causalGraphDot,
  mermaid: causalGraphMermaid,
  svg: (model, options) => String(causalGraphSvg(model, options)),
};

const formatOfExtension: Readonly<Record<string, GraphFormat>> = {
  ".dot": "dot",
  ".gv": "dot",
  ".mmd": "mermaid",
  ".mermaid": "mermaid",
  ".svg": "svg",
};

export async function graph(path: string, options: GraphVerbOptions): Promise<void> {
  const out = options.out === "-" ? undefined : options.out;
  const format = options.format ?? formatFor(out);
  const model = await requireDescribedModel(path);
  const text = `${drawings[format](model, { interventions: compileDo(options.do, model) }).trimEnd()}\n`;
  if (out === undefined) process.stdout.write(text);
  else await writeText(out, text);
}

function formatFor(out: string | undefined): GraphFormat {
  if (out === undefined) return "dot";
  const format = formatOfExtension[extname(out).toLowerCase()];
  if (format !== undefined) return format;
  throw failure("7108", "--out", `the name ${out} does not say which format`, "Add --format dot, mermaid or svg.");
}
