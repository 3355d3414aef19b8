/**
 * The op table, one entry an operation, and the one way to make a node. A new operation joins by its parameters in
 * `../graph/node.ts` and an entry in one of the tables here.
 */
import type { Node, NodeOf, OperationName, Parameters } from "../graph/node.js";
import { convolutions } from "./convolutions.js";
import { elementwise } from "./elementwise.js";
import { layout } from "./layout.js";
import { emptyData, exact, type Operation, type OperationTable } from "./operation.js";
import { products } from "./products.js";
import { reductions } from "./reductions.js";

/** Inputs and constants are named or stored by whoever lowers a graph, before its operations. */
function stored(): never {
  throw new Error("inputs and constants are not lowered as operations");
}

export const operations: OperationTable<OperationName> = {
  Input: { tolerance: exact, shape: (_, { dtype, shape }) => ({ dtype, shape }), lower: stored },
  Constant: { tolerance: exact, shape: (_, { dtype, shape }) => ({ dtype, shape }), lower: stored },
  ...elementwise,
  ...layout,
  ...reductions,
  ...products,
  ...convolutions,
};

export function operationOf<K extends OperationName>(op: K): Operation<K> {
  return operations[op] as unknown as Operation<K>;
}

export function makeNode<K extends OperationName>(
  op: K,
  operands: readonly Node[],
  parameters: Parameters[K],
): NodeOf<K> & Node {
  const { dtype, shape } = operationOf(op).shape(operands, parameters);
  return { op, operands, parameters, dtype, shape } as unknown as NodeOf<K> & Node;
}

/** The same node over other operands. */
export function withOperands(node: Node, operands: readonly Node[]): Node {
  return makeNode(node.op, operands, node.parameters);
}

export function constantNode(value: number, dtype: Node["dtype"] = "float32"): NodeOf<"Constant"> & Node {
  const data = emptyData(dtype, 1);
  data[0] = value;
  return makeNode("Constant", [], { data, dtype, shape: [] });
}
