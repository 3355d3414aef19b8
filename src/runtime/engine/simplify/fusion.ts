/**
 * Last, the rewritings that pay only where a value has no other use: a bias joins its matrix product, and the derivative of
 * relu asks its result instead of its argument, so that onnxruntime can write product, bias and relu in one pass.
 */
import { type Graph, type Node, sameShape, topologicalOrder } from "../graph/node.js";
import { broadcastShapes } from "../graph/shapes.js";
import { makeNode, withOperands } from "../operations/index.js";
import { uniform } from "./rewriter.js";

type Mapped = Map<Node, Node>;

/** Copies the graph operands first; `replace` may give another node for one of the old graph. */
function mapGraph(graph: Graph, replace: (node: Node, mapped: Mapped) => Node | undefined): Graph {
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

function countUses(graph: Graph): ReadonlyMap<Node, number> {
  const uses = new Map<Node, number>();
  const roots = Object.values(graph.outputs);
  const use = (node: Node) => uses.set(node, (uses.get(node) ?? 0) + 1);
  for (const node of topologicalOrder(roots)) node.operands.forEach(use);
  roots.forEach(use);
  return uses;
}

function takesBias(product: Node, bias: Node, sum: Node): boolean {
  if (product.op !== "MatMul" || product.operands.length !== 2 || product.shape.length !== 2) return false;
  if (product.operands.some(({ shape }) => shape.length !== 2) || bias.shape.length > 2) return false;
  return sameShape(sum.shape, product.shape) && sameShape(broadcastShapes(bias.shape, product.shape), product.shape);
}

function fuseBias(graph: Graph): Graph {
  const uses = countUses(graph);
  return mapGraph(graph, (node, mapped) => {
    if (node.op !== "Add") return undefined;
    const [a, b] = node.operands as [Node, Node];
    for (const [product, bias] of [
      [a, b],
      [b, a],
    ] as const) {
      if (product.op !== "MatMul" || uses.get(product) !== 1 || !takesBias(product, bias, node)) continue;
      const operands = [...product.operands, bias].map((operand) => mapped.get(operand)!);
      return makeNode("MatMul", operands, product.parameters);
    }
    return undefined;
  });
}

/** x > 0 exactly where relu(x) > 0. The relu is made as soon as its argument is, since the question may come first. */
function reuseRelu(graph: Graph): Graph {
  const reluOf = new Map<Node, Node>();
  for (const node of topologicalOrder(Object.values(graph.outputs))) {
    if (node.op === "Relu") reluOf.set(node.operands[0]!, node);
  }
  return mapGraph(graph, (node, mapped) => {
    const [x, threshold] = node.operands;
    if (node.op !== "Greater" || uniform(threshold) !== 0) return undefined;
    const relu = reluOf.get(x!);
    if (relu === undefined) return undefined;
    if (!mapped.has(relu)) mapped.set(relu, makeNode("Relu", [mapped.get(x!)!], {}));
    return makeNode("Greater", [mapped.get(relu)!, mapped.get(threshold!)!], {});
  });
}

/** onnxruntime sums columns several times slower than it multiplies by a row of ones. */
function sumByProduct(graph: Graph): Graph {
  return mapGraph(graph, (node, mapped) => {
    const [x] = node.operands;
    if (node.op !== "ReduceSum" || x!.dtype !== "float32" || x!.shape.length !== 2) return undefined;
    const { axes, keepDimensions } = node.parameters;
    const [rows, columns] = x!.shape as [number, number];
    if (axes.length !== 1 || axes[0] !== 0 || rows < 16 || columns < 16) return undefined;
    const ones = new Float32Array(rows).fill(1);
    const row = makeNode("Constant", [], { data: ones, dtype: "float32", shape: [1, rows] });
    const sum = makeNode("MatMul", [row, mapped.get(x!)!], { transposeA: false, transposeB: false });
    return keepDimensions ? sum : makeNode("Reshape", [sum], { shape: node.shape });
  });
}

export function fuse(graph: Graph): Graph {
  return sumByProduct(fuseBias(reuseRelu(graph)));
}
