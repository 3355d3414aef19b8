/**
 * How a kernel is described to the tracer: from the nodes of a tfjs-core kernel's inputs and its attributes to the
 * nodes of its outputs. `record` is shorthand for making nodes.
 */
import type { Node, OperationName, Parameters } from "../graph/node.js";
import { constantNode, makeNode } from "../operations/index.js";

export interface KernelCall {
  /** The named inputs that are present. */
  readonly inputs: Readonly<Record<string, Node>>;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export type Kernel = (call: KernelCall) => Node | readonly Node[];
export type Kernels = Readonly<Record<string, Kernel>>;

export function record<K extends OperationName>(op: K, operands: readonly Node[], parameters: Parameters[K]): Node {
  return makeNode(op, operands, parameters);
}

/** A number that broadcasts against `like`, of its type. */
export function number(value: number, like: Node): Node {
  return constantNode(value, like.dtype);
}

export function cast(node: Node, to: Node["dtype"]): Node {
  return node.dtype === to ? node : record("Cast", [node], { to });
}

export function reshape(node: Node, shape: readonly number[]): Node {
  return record("Reshape", [node], { shape });
}

/** `axis` as tfjs passes it (one, several, or none for all; negative from the end), as ascending axes of `node`. */
export function axesOf(axis: unknown, node: Node): number[] {
  const rank = node.shape.length;
  const list = axis === undefined || axis === null ? node.shape.map((_, k) => k) : [axis as number | number[]].flat();
  return list.map((k) => (k < 0 ? k + rank : k)).sort((a, b) => a - b);
}

export function axisOf(axis: unknown, node: Node): number {
  return axesOf(axis ?? 0, node)[0]!;
}
