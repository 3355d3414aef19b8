/**
 * Simplification of a traced graph: rules to a fixed point, then factors and fusions, which depend on how often a value
 * is used, and what suits thin tensors. Dead code needs no pass, since a graph is what its outputs reach.
 */
import { type Graph, topologicalOrder } from "../graph/node.js";
import { algebraRules } from "./algebra-rules.js";
import { broadcastRules, dropExpands, fold, moveUniform } from "./broadcast-rules.js";
import { moveFactors } from "./factors.js";
import { fuse } from "./fusion.js";
import { layoutRules, sinkTranspose } from "./layout-rules.js";
import { productRules } from "./product-rules.js";
import { type GeneralRule, Rewriter, type Rules } from "./rewriter.js";
import { thin } from "./thin-rules.js";

const general: readonly GeneralRule[] = [fold, moveUniform, dropExpands, sinkTranspose];
const maximalRounds = 8;

function merged(...tables: readonly Rules[]): Rules {
  const all = new Map<string, unknown[]>();
  for (const table of tables) {
    for (const [op, rules] of Object.entries(table)) all.set(op, [...(all.get(op) ?? []), ...(rules as unknown[])]);
  }
  return Object.fromEntries(all) as Rules;
}

const rules = merged(algebraRules, broadcastRules, layoutRules, productRules);

function sizeOfGraph(graph: Graph): number {
  return topologicalOrder(Object.values(graph.outputs)).length;
}

function toFixedPoint(graph: Graph): Graph {
  let current = graph;
  for (let round = 0, size = Infinity; round < maximalRounds; round++) {
    current = new Rewriter(rules, general).rewrite(current);
    const next = sizeOfGraph(current);
    if (next === size) break;
    size = next;
  }
  return current;
}

export function simplify(graph: Graph): Graph {
  return thin(fuse(toFixedPoint(moveFactors(toFixedPoint(graph)))));
}
