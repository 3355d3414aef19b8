/**
 * Drawings of a model's causal graph as DOT, Mermaid or SVG text, as it is or under interventions. The functions are
 * pure and deterministic: the same model gives the same bytes.
 */
import type { Intervention, Model } from "../schema/types.js";
import type { Markup } from "./drawing/markup.js";
import { graphDot } from "./graph/dot.js";
import { graphView } from "./graph/graph-view.js";
import { graphMermaid } from "./graph/mermaid.js";
import { graphSvg } from "./graph/svg.js";

export interface GraphOptions {
  /** Interventions shown in the graph: atomic ones cut the edges into their variable, shifts keep them. */
  readonly interventions?: readonly Intervention[];
}

export function causalGraphDot(model: Model, options: GraphOptions = {}): string {
  return graphDot(graphView(model, options.interventions));
}

export function causalGraphMermaid(model: Model, options: GraphOptions = {}): string {
  return graphMermaid(graphView(model, options.interventions));
}

/** A standalone SVG document that may also stand inside a page; `String(…)` gives its text. */
export function causalGraphSvg(model: Model, options: GraphOptions = {}): Markup {
  return graphSvg(graphView(model, options.interventions));
}
