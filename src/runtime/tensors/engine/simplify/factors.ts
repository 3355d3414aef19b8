/**
 * Known factors and signs move outwards, as far as they make no tensor larger and as long as the multiple has no other
 * use. Derivatives are linear, so the factor that a mean puts on everything upstream collects in few places: in a
 * matrix product's own factor, behind a sum, or in the optimiser's rate. Values change by roundings alone.
 */
import { type Graph, type Node, type OperationName, type Parameters, sameShape, sizeOf } from "../graph/node.js";
import { constantNode, makeNode } from "../operations/index.js";
import { countUses, mapGraph } from "./map-graph.js";
import { numberAndOther, uniform } from "./rewriter.js";

type Factored = readonly [factor: number, rest: Node];

/** x as factor · rest, where it is a product with a known number or a negation. */
function factored(x: Node): Factored | undefined {
  if (x.dtype !== "float32") return undefined;
  if (x.op === "Neg") return [-1, x.operands[0]!];
  const known = x.op === "Mul" ? numberAndOther(x) : undefined;
  return known === undefined || !sameShape(known[1].shape, x.shape) ? undefined : known;
}

function times<K extends OperationName>(
  factor: number,
  op: K,
  operands: readonly Node[],
  parameters: Parameters[K],
): Node {
  return makeNode("Mul", [makeNode(op, operands, parameters), constantNode(factor)], {});
}

/** A node over new operands, and the factors that may be taken out of them. */
interface Candidate {
  readonly node: Node;
  readonly operands: readonly Node[];
  readonly factors: readonly (Factored | undefined)[];
}

/** (c · a) ∘ b = c · (a ∘ b) for products and quotients, where the result is no larger than the multiple. */
function ofProduct({ node, operands, factors }: Candidate): Node | undefined {
  if ((node.op !== "Mul" && node.op !== "Div") || operands.some((operand) => uniform(operand) !== undefined)) {
    return undefined;
  }
  const size = sizeOf(node.shape);
  const [left, right] = factors.map((factor, k) => (sizeOf(operands[k]!.shape) === size ? factor : undefined));
  if (left !== undefined) return times(left[0], node.op, [left[1], operands[1]!], {});
  if (right === undefined || right[0] === 0) return undefined;
  return times(node.op === "Mul" ? right[0] : 1 / right[0], node.op, [operands[0]!, right[1]], {});
}

/** c · a ± c · b = c · (a ± b), and with opposite signs. */
function ofSum({ node, factors: [left, right] }: Candidate): Node | undefined {
  if ((node.op !== "Add" && node.op !== "Sub") || left === undefined || right === undefined) return undefined;
  if (Math.abs(left[0]) !== Math.abs(right[0])) return undefined;
  const adds = (node.op === "Add") === (left[0] === right[0]);
  return times(left[0], adds ? "Add" : "Sub", [left[1], right[1]], {});
}

/** Sums, reshapes and transposes of a multiple are multiples. */
function ofLinear({ node, factors: [known] }: Candidate): Node | undefined {
  if (known === undefined || (node.op !== "ReduceSum" && node.op !== "Reshape" && node.op !== "Transpose")) {
    return undefined;
  }
  return times(known[0], node.op, [known[1]], node.parameters as Parameters["ReduceSum"]);
}

/** A product of matrices has a factor of its own, which costs nothing. */
function ofMatMul(node: Node, operands: readonly Node[]): Node | undefined {
  if (node.op !== "MatMul") return undefined;
  const [a, b, ...bias] = operands as [Node, Node, ...Node[]];
  const [left, right] = [factored(a), factored(b)];
  if (left === undefined && right === undefined) return undefined;
  const scale = node.parameters.scale * (left?.[0] ?? 1) * (right?.[0] ?? 1);
  return makeNode("MatMul", [left?.[1] ?? a, right?.[1] ?? b, ...bias], { ...node.parameters, scale });
}

export function moveFactors(graph: Graph): Graph {
  const uses = countUses(graph);
  return mapGraph(graph, (node, mapped) => {
    if (node.dtype !== "float32") return undefined;
    const operands = node.operands.map((operand) => mapped.get(operand)!);
    const product = ofMatMul(node, operands);
    if (product !== undefined) return product;
    const factors = operands.map((operand, k) => (uses.get(node.operands[k]!) === 1 ? factored(operand) : undefined));
    const candidate = { node, operands, factors };
    return ofProduct(candidate) ?? ofSum(candidate) ?? ofLinear(candidate);
  });
}
