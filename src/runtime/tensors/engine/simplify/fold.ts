/**
 * Constant folding: the value of a node all of whose operands are known. Broadcasts of one number stay broadcasts while
 * a graph is simplified (`foldable` bounds the size), and are only written out where somebody asks for the data.
 */
import { type ConstantData, type Node, sizeOf, topologicalOrder } from "../graph/node.js";
import { operationOf } from "../operations/index.js";

/** Larger results are left to be computed: they would be stored in the program instead. */
export const foldable = 4096;

/** The data of a node, or undefined where it depends on an input (or on an operation that is not folded). */
export function foldConstant(root: Node): ConstantData | undefined {
  const values = new Map<Node, ConstantData>();
  for (const node of topologicalOrder([root])) {
    if (node.op === "Constant") {
      values.set(node, node.parameters.data);
      continue;
    }
    const evaluate = operationOf(node.op).evaluate;
    const operands = node.operands.map((operand) => values.get(operand));
    if (evaluate === undefined || node.op === "Input" || operands.includes(undefined)) return undefined;
    values.set(node, evaluate(node, operands as ConstantData[]));
  }
  return values.get(root);
}

export function isSmall(node: Node): boolean {
  return sizeOf(node.shape) <= foldable;
}
