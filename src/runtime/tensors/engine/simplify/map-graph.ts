/**
 * One pass over a graph, operands first, with the old graph at hand: for rewritings that depend on how often a value is
 * used.
 */
import { type Graph, type Node, topologicalOrder } from "../graph/node.js";
import { withOperands } from "../operations/index.js";

/** The new node of each old one. */
export type Mapped = Map<Node, Node>;

/** Copies the graph; `replace` may give another node for one of the old graph, made of mapped operands. */
export function mapGraph(graph: Graph, replace: (node: Node, mapped: Mapped) => Node | undefined): Graph {
  const mapped: Mapped = new Map();
  for (const node of topologicalOrder(Object.values(graph.outputs))) {
    if (mapped.has(node)) continue;
    const operands = node.operands.map((operand) => mapped.get(operand)!);
    const same = operands.every((operand, k) => operand === node.operands[k]);
    mapped.set(node, replace(node, mapped) ?? (same ? node : withOperands(node, operands)));
  }
  const outputs = Object.entries(graph.outputs).map(([name, node]) => [name, mapped.get(node)!] as const);
  return { ...graph, outputs: Object.fromEntries(outputs) };
}

/** How many operands and outputs each node is. */
export function countUses(graph: Graph): ReadonlyMap<Node, number> {
  const uses = new Map<Node, number>();
  const roots = Object.values(graph.outputs);
  const use = (node: Node) => uses.set(node, (uses.get(node) ?? 0) + 1);
  for (const node of topologicalOrder(roots)) node.operands.forEach(use);
  roots.forEach(use);
  return uses;
}
