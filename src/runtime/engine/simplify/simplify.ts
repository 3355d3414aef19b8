/** placeholder */
import type { Graph } from "../graph/node.js";
export function simplify(graph: Graph): Graph {
  return graph;
}
