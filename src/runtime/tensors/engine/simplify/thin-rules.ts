/**
 * Tall thin tensors, which onnxruntime is slow on: it broadcasts a number into `[n, 1]` an element at a time, and sums
 * short rows one by one. So element-wise operations leave out trailing axes of length 1, and short rows are summed by a
 * product with ones. Last, since the rules before look for an operation's operands themselves, not for reshapes of
 * them.
 */
import { type Graph, type Node, sameShape, sizeOf } from "../graph/node.js";
import { isElementwise } from "../operations/elementwise.js";
import { makeNode } from "../operations/index.js";
import { type Mapped, mapGraph } from "./map-graph.js";

/** Fewer elements than this are as fast either way, and a reshape is one operation more. */
const fewestElements = 1024;
const longestRow = 64;
const plainProduct = { transposeA: false, transposeB: false, scale: 1 };

/** The shape without trailing ones, as `[n]` of `[n, 1]`. */
function trimmed(shape: readonly number[], ones: number): readonly number[] {
  return shape.slice(0, Math.max(0, shape.length - ones));
}

function trailingOnes(shape: readonly number[]): number {
  const last = shape.findLastIndex((length) => length !== 1);
  return shape.length - 1 - last;
}

function reshaped(node: Node, shape: readonly number[]): Node {
  const source = node.op === "Reshape" ? node.operands[0]! : node;
  if (sameShape(source.shape, shape)) return source;
  return makeNode("Reshape", [source], { shape });
}

/** Shares the reshapes of a node. */
class Trimmer {
  readonly #known = new Map<Node, Node>();

  trim(node: Node, ones: number): Node {
    const known = this.#known.get(node);
    if (known !== undefined && known.shape.length === Math.max(0, node.shape.length - ones)) return known;
    const result = reshaped(node, trimmed(node.shape, ones));
    this.#known.set(node, result);
    return result;
  }
}

function trimOperation(node: Node, mapped: Mapped, trimmer: Trimmer): Node | undefined {
  const ones = trailingOnes(node.shape);
  if (!isElementwise(node) || ones === 0 || sizeOf(node.shape) < fewestElements) return undefined;
  const operands = node.operands.map((operand) => trimmer.trim(mapped.get(operand)!, ones));
  return reshaped(makeNode(node.op, operands, node.parameters as never), node.shape);
}

/** Sums along a short last axis: `[…, k]` times `[k, 1]`. */
function sumShortRows(node: Node, mapped: Mapped): Node | undefined {
  const [x] = node.operands;
  if (node.op !== "ReduceSum" || x!.dtype !== "float32") return undefined;
  const { axes } = node.parameters;
  const length = x!.shape.at(-1) ?? 0;
  const rows = sizeOf(x!.shape) / length;
  const isLast = axes.length === 1 && axes[0] === x!.shape.length - 1;
  if (!isLast || length < 2 || length > longestRow || rows * length < fewestElements) return undefined;
  const ones = makeNode("Constant", [], {
    data: new Float32Array(length).fill(1),
    dtype: "float32",
    shape: [length, 1],
  });
  const flat = reshaped(mapped.get(x!)!, [rows, length]);
  const sums = makeNode("MatMul", [flat, ones], plainProduct);
  return reshaped(sums, node.shape);
}

const fewestRows = 1024;

/** Sums of few long columns: `[1, n]` times `[n, k]`. */
function sumTallColumns(node: Node, mapped: Mapped): Node | undefined {
  const [x] = node.operands;
  if (node.op !== "ReduceSum" || x!.dtype !== "float32" || x!.shape.length !== 2) return undefined;
  const { axes } = node.parameters;
  const [rows, columns] = x!.shape as [number, number];
  if (axes.length !== 1 || axes[0] !== 0 || rows < fewestRows || columns < 2) return undefined;
  const ones = makeNode("Constant", [], { data: new Float32Array(rows).fill(1), dtype: "float32", shape: [1, rows] });
  return reshaped(makeNode("MatMul", [ones, mapped.get(x!)!], plainProduct), node.shape);
}

export function thin(graph: Graph): Graph {
  const summed = mapGraph(graph, (node, mapped) => sumShortRows(node, mapped) ?? sumTallColumns(node, mapped));
  const trimmer = new Trimmer();
  return mapGraph(summed, (node, mapped) => trimOperation(node, mapped, trimmer));
}
