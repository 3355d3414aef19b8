/**
 * What a program costs, counted on its graph: floating-point operations and bytes. Counts of products are exact; an
 * element-wise operation counts one an element, a reduction one an element that it reads, moving elements nothing. The
 * peak of live intermediates is that of running the nodes in the printed order and freeing each value after its last
 * use, without the work space of any operation: onnxruntime may order and reuse otherwise.
 */

import { type DataType, type Graph, type Node, type NodeOf, sizeOf, topologicalOrder } from "../graph/node.js";
import { elementwise } from "./elementwise.js";
import { type Product, products } from "./products.js";
import { type ReductionName, reductions } from "./reductions.js";

export interface Cost {
  /** Floating-point operations of the products alone, a multiplication and an addition being two. */
  readonly productFlops: number;
  readonly flops: number;
  /** Bytes of the constants that the program holds, fitted weights above all. */
  readonly weights: number;
  readonly inputs: number;
  readonly outputs: number;
  /** Most bytes of values between inputs and outputs, outputs included, that exist at one time. */
  readonly peak: number;
}

const elementBytes: Readonly<Record<DataType, number>> = { float32: 4, int32: 4, uint8: 1, bool: 1 };

function bytesOf({ dtype, shape }: Pick<Node, "dtype" | "shape">): number {
  return sizeOf(shape) * elementBytes[dtype];
}

function matMulFlops(node: NodeOf<"MatMul">): number {
  const a = node.operands[0]!;
  return 2 * sizeOf(node.shape) * a.shape.at(node.parameters.transposeA ? -2 : -1)!;
}

/** For each combination of all labels, one product of the operands and one addition. */
function einsumFlops({ operands, parameters: { equation } }: NodeOf<"Einsum">): number {
  const sizes = new Map<string, number>();
  const sources = equation.replaceAll(" ", "").split("->")[0]!.split(",");
  sources.forEach((labels, k) => {
    [...labels].forEach((label, axis) => {
      sizes.set(label, operands[k]!.shape[axis]!);
    });
  });
  return operands.length * [...sizes.values()].reduce((all, size) => all * size, 1);
}

const flopsOfProduct: { readonly [K in Product]: (node: NodeOf<K>) => number } = {
  MatMul: matMulFlops,
  Einsum: einsumFlops,
};

function productFlopsOf(node: Node): number {
  return Object.hasOwn(products, node.op) ? flopsOfProduct[node.op as Product](node as never) : 0;
}

/** Softmax counts its exponential, sum and division. */
function passes(op: ReductionName): number {
  return op === "Softmax" ? 3 : 1;
}

function flopsOf(node: Node): number {
  if (Object.hasOwn(elementwise, node.op)) return node.op === "Cast" ? 0 : sizeOf(node.shape);
  if (Object.hasOwn(reductions, node.op)) return passes(node.op as ReductionName) * sizeOf(node.operands[0]!.shape);
  if (node.op === "ScatterAdd") return sizeOf(node.operands[1]!.shape);
  const bias = node.op === "MatMul" && node.operands.length > 2 ? sizeOf(node.shape) : 0;
  return productFlopsOf(node) + bias;
}

function total(nodes: Iterable<Node>, count: (node: Node) => number): number {
  let sum = 0;
  for (const node of nodes) sum += count(node);
  return sum;
}

/** The node that owns a value's storage: a reshape shares its operand's. */
function storageOf(node: Node): Node {
  let owner = node;
  while (owner.op === "Reshape") owner = owner.operands[0]!;
  return owner;
}

function isGiven({ op }: Node): boolean {
  return op === "Input" || op === "Constant";
}

function peakOf(order: readonly Node[], outputs: readonly Node[]): number {
  const lastUse = new Map<Node, number>();
  order.forEach((node, position) => {
    lastUse.set(storageOf(node), position);
    for (const operand of node.operands) lastUse.set(storageOf(operand), position);
  });
  for (const output of outputs) lastUse.set(storageOf(output), order.length);
  const freedAt = new Map<number, Node[]>();
  for (const [node, position] of lastUse)
    if (!isGiven(node)) freedAt.set(position, [...(freedAt.get(position) ?? []), node]);
  let [live, peak] = [0, 0];
  order.forEach((node, position) => {
    if (!isGiven(node) && storageOf(node) === node) live += bytesOf(node);
    peak = Math.max(peak, live);
    for (const freed of freedAt.get(position) ?? []) live -= bytesOf(freed);
  });
  return peak;
}

export function costOf(graph: Graph): Cost {
  const outputs = Object.values(graph.outputs);
  const order = topologicalOrder(outputs);
  return {
    productFlops: total(order, productFlopsOf),
    flops: total(order, flopsOf),
    weights: total(order, (node) => (node.op === "Constant" ? bytesOf(node) : 0)),
    inputs: total(order, (node) => (node.op === "Input" ? bytesOf(node) : 0)),
    outputs: total(outputs, bytesOf),
    peak: peakOf(order, outputs),
  };
}

/** Floating-point operations of the products, which bound a dense program's time from below. */
export function productFlops(graph: Graph): number {
  return total(topologicalOrder(Object.values(graph.outputs)), productFlopsOf);
}
