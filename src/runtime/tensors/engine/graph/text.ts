/**
 * A graph as text, one line a node, and as a hash. The text is what tests compare and what `scmc inspect` shows; the
 * hash is over the same lines with the names of program, inputs and outputs replaced by their order of appearance, so
 * that renaming a variable does not change it.
 */
import { createHash } from "node:crypto";
import { type ConstantData, type Graph, type Node, topologicalOrder } from "./node.js";

const shownElements = 6;

const digests = new WeakMap<ConstantData, string>();

/** A name for the content of a constant, computed once an array. */
export function digestOf(data: ConstantData): string {
  const known = digests.get(data);
  if (known !== undefined) return known;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  digests.set(data, digest);
  return digest;
}

function constantText(data: ConstantData): string {
  return data.length <= shownElements ? `[${Array.from(data).join(", ")}]` : `#${digestOf(data)}`;
}

function parameterText(node: Node): string {
  if (node.op === "Constant") return constantText(node.parameters.data);
  if (node.op === "Input") return "";
  const entries = Object.entries(node.parameters as Readonly<Record<string, unknown>>);
  return entries.map(([key, value]) => `${key}=${Array.isArray(value) ? `[${value}]` : value}`).join(" ");
}

function lines(graph: Graph, inputName: (node: Node, order: number) => string, outputName: (name: string) => string) {
  const numbers = new Map<Node, number>();
  const text: string[] = [];
  let inputs = 0;
  for (const node of topologicalOrder(Object.values(graph.outputs))) {
    const number = numbers.size;
    numbers.set(node, number);
    const operands = node.operands.map((operand) => `%${numbers.get(operand)}`).join(", ");
    const label = node.op === "Input" ? inputName(node, inputs++) : parameterText(node);
    const detail = [operands, label].filter((part) => part !== "").join("; ");
    text.push(`%${number} = ${node.op}(${detail}) : ${node.dtype}[${node.shape}]`);
  }
  for (const [name, node] of Object.entries(graph.outputs)) text.push(`${outputName(name)} = %${numbers.get(node)}`);
  return text;
}

/** Lines `%3 = Mul(%1, %2) : float32[256,16]`, then one `name = %n` an output. */
export function printGraph(graph: Graph): string {
  const named = (node: Node) => (node.op === "Input" ? node.parameters.name : "");
  return [`program ${graph.name}`, ...lines(graph, named, (name) => name)].join("\n");
}

/** SHA-256 of what the graph computes; equal for graphs that differ in names alone. */
export function hashGraph(graph: Graph): string {
  const text = lines(
    graph,
    (_, order) => `input ${order}`,
    () => "output",
  );
  return createHash("sha256").update(text.join("\n")).digest("hex");
}

/** How many nodes of each operation the outputs need, most frequent first. */
export function countOperations(graph: Graph): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { op } of topologicalOrder(Object.values(graph.outputs))) counts.set(op, (counts.get(op) ?? 0) + 1);
  return new Map([...counts].sort(([, a], [, b]) => b - a));
}
