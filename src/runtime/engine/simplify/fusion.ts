/**
 * Last, the rewritings that pay only where a value has no other use: a bias joins its matrix product, and the derivative of
 * relu asks its result instead of its argument, so that onnxruntime can write product, bias and relu in one pass. Then
 * what onnxruntime does faster as a product: sums of columns and short running sums.
 */
import { type Graph, type Node, sameShape, sizeOf, topologicalOrder } from "../graph/node.js";
import { broadcastShapes } from "../graph/shapes.js";
import { makeNode } from "../operations/index.js";
import { countUses, mapGraph } from "./map-graph.js";
import { uniform } from "./rewriter.js";

const plainProduct = { transposeA: false, transposeB: false, scale: 1 };

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
    const sum = makeNode("MatMul", [row, mapped.get(x!)!], plainProduct);
    return keepDimensions ? sum : makeNode("Reshape", [sum], { shape: node.shape });
  });
}

const longestTriangle = 64;

/** A running sum along a short last axis is a product with a triangle of ones, which onnxruntime does faster. */
function runningSumByProduct(graph: Graph): Graph {
  return mapGraph(graph, (node, mapped) => {
    if (node.op !== "CumSum" || node.dtype !== "float32") return undefined;
    const { axis, exclusive, reverse } = node.parameters;
    const length = node.shape.at(-1) ?? 0;
    if (axis !== node.shape.length - 1 || length === 0 || length > longestTriangle) return undefined;
    const rows = sizeOf(node.shape) / length;
    const data = Float32Array.from({ length: length * length }, (_, k) => {
      const [from, to] = [Math.floor(k / length), k % length];
      const before = reverse ? from > to : from < to;
      return Number(before || (from === to && !exclusive));
    });
    const triangle = makeNode("Constant", [], { data, dtype: "float32", shape: [length, length] });
    const flat = makeNode("Reshape", [mapped.get(node.operands[0]!)!], { shape: [rows, length] });
    const source = node.shape.length === 2 ? mapped.get(node.operands[0]!)! : flat;
    const sums = makeNode("MatMul", [source, triangle], plainProduct);
    return node.shape.length === 2 ? sums : makeNode("Reshape", [sums], { shape: node.shape });
  });
}

export function fuse(graph: Graph): Graph {
  return [reuseRelu, fuseBias, sumByProduct, runningSumByProduct].reduce((current, pass) => pass(current), graph);
}
