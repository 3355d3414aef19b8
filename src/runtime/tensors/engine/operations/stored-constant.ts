/** Constants as nodes of a graph. */
import type { ConstantData, DataType, Node } from "../graph/node.js";
import { constantNode, makeNode } from "./index.js";

/** A constant of equal elements is stored as one number, broadcast; gradients make many of these. */
export function storedConstant(values: ConstantData, shape: readonly number[], dtype: DataType): Node {
  const first = values[0];
  if (values.length > 1 && values.every((value) => value === first)) {
    return makeNode("Expand", [constantNode(first!, dtype)], { shape });
  }
  return makeNode("Constant", [], { data: values, dtype, shape });
}
