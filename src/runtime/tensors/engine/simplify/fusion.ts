/**
 * Last, the rewritings that pay only where a value has no other use: a known scale, a bias and a rectifier join the
 * product or convolution before them, so that all are one pass. Then what onnxruntime does faster in another form: sums
 * of columns and short running sums as products, sums of squares in one pass.
 */
import { type Graph, type Node, type Shape, sameShape, sizeOf } from "../graph/node.js";
import { broadcastShapes } from "../graph/shapes.js";
import { makeNode } from "../operations/index.js";
import { fuseScale } from "./known-scale.js";
import { countUses, mapGraph } from "./map-graph.js";
import { fuseRectifier, reuseRectifier, slopeOfRectifier } from "./rectifiers.js";

const plainProduct = { transposeA: false, transposeB: false, scale: 1 };

function takesBias(product: Node, bias: Node, sum: Node): boolean {
  if (product.op === "Convolution" || product.op === "TransposedConvolution") {
    if (product.operands.length !== 2 || product.parameters.slope !== 1) return false;
    return sameShape(bias.shape, product.shape.slice(-1)) && sameShape(sum.shape, product.shape);
  }
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
      if (uses.get(product) !== 1 || !takesBias(product, bias, node)) continue;
      const operands = [...product.operands, bias].map((operand) => mapped.get(operand)!);
      return makeNode(product.op, operands, product.parameters as never);
    }
    return undefined;
  });
}

/**
 * onnxruntime sums columns, or over all axes but the last ones, several times slower than it multiplies by a row of
 * ones; a mean is such a product with a factor.
 */
function sumByProduct(graph: Graph): Graph {
  return mapGraph(graph, (node, mapped) => {
    const [x] = node.operands;
    if ((node.op !== "ReduceSum" && node.op !== "ReduceMean") || x!.dtype !== "float32") return undefined;
    const { axes } = node.parameters;
    if (axes.length === 0 || axes.some((axis, k) => axis !== k)) return undefined;
    const columns = sizeOf(x!.shape.slice(axes.length));
    const rows = sizeOf(x!.shape.slice(0, axes.length));
    if (rows < 16 || columns < 16) return undefined;
    const ones = new Float32Array(rows).fill(1);
    const row = makeNode("Constant", [], { data: ones, dtype: "float32", shape: [1, rows] });
    const matrix = reshaped(mapped.get(x!)!, [rows, columns]);
    const scale = node.op === "ReduceMean" ? 1 / rows : 1;
    return reshaped(makeNode("MatMul", [row, matrix], { ...plainProduct, scale }), node.shape);
  });
}

function reshaped(x: Node, shape: Shape): Node {
  if (sameShape(x.shape, shape)) return x;
  const inner = x.op === "Reshape" ? x.operands[0]! : x;
  return sameShape(inner.shape, shape) ? inner : makeNode("Reshape", [inner], { shape });
}

/** A sum of squares of a whole tensor is one pass over it. */
function sumOfSquares(graph: Graph): Graph {
  const uses = countUses(graph);
  return mapGraph(graph, (node, mapped) => {
    const [square] = node.operands;
    if (node.op !== "ReduceSum" || square!.op !== "Mul" || uses.get(square!) !== 1) return undefined;
    const [a, b] = square!.operands as [Node, Node];
    if (a !== b || a.dtype !== "float32" || sizeOf(node.shape) !== 1) return undefined;
    return makeNode("ReduceSumSquare", [mapped.get(a)!], node.parameters);
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
  const passes = [
    reuseRectifier,
    slopeOfRectifier,
    fuseScale,
    fuseBias,
    fuseRectifier,
    sumOfSquares,
    sumByProduct,
    runningSumByProduct,
  ];
  return passes.reduce((current, pass) => pass(current), graph);
}
