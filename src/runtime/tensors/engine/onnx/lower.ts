/**
 * Lowers a graph to an ONNX model, each node by its entry in the op table. A loop becomes one ONNX `Loop`: the state is
 * carried through the body, each per-step input is read from outside at the iteration's number, and outputs are
 * stacked.
 */
import type { DataType, Graph, Node, NodeOf } from "../graph/node.js";
import { sizeOf, topologicalOrder } from "../graph/node.js";
import { isElementwise } from "../operations/elementwise.js";
import { operationOf } from "../operations/index.js";
import { emptyData } from "../operations/operation.js";
import { encodeModel, GraphWriter, valueInfo } from "./writer.js";

export interface OnnxProgram {
  readonly model: Uint8Array;
  /** The ONNX name of each input and output. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
}

export interface LoweringOptions {
  /**
   * Channels of a block in the convolutions of the onnxruntime that will run the program (`channelBlock`). Without it
   * the program is portable: it consists of standard ONNX operations alone.
   */
  readonly block?: number | undefined;
}

/** Adds the nodes that the outputs need; `bound` names the inputs' values. Returns the name of every node's value. */
function writeNodes(
  outputs: readonly Node[],
  bound: ReadonlyMap<Node, string>,
  writer: GraphWriter,
): Map<Node, string> {
  const names = new Map(bound);
  for (const node of topologicalOrder(outputs)) {
    if (names.has(node)) continue;
    if (node.op === "Input") throw new Error(`input ${node.parameters.name} is not bound`);
    names.set(node, writeNode(node, names, writer));
  }
  return names;
}

/**
 * A single number beside a tensor whose last axis has length 1, such as a column, as a constant of as many axes: for
 * one without axes onnxruntime (1.30) goes over such a tensor element by element, 25 times slower.
 */
function alignedConstant(node: Node, operand: Node, writer: GraphWriter): string | undefined {
  const rank = node.shape.length;
  if (operand.op !== "Constant" || !isElementwise(node) || node.shape[rank - 1] !== 1) return undefined;
  if (sizeOf(operand.shape) !== 1 || operand.shape.length >= rank) return undefined;
  return writer.constant(operand.dtype, new Array<number>(rank).fill(1), operand.parameters.data);
}

/**
 * A value without elements is written as such: there is nothing to compute, and some operations of onnxruntime crash on
 * it.
 */
function writeNode(
  node: Exclude<Node, NodeOf<"Input">>,
  names: ReadonlyMap<Node, string>,
  writer: GraphWriter,
): string {
  if (node.op === "Constant") return writer.constant(node.dtype, node.shape, node.parameters.data);
  if (sizeOf(node.shape) === 0) return writer.constant(node.dtype, node.shape, emptyData(node.dtype, 0));
  const operands = node.operands.map((operand) => alignedConstant(node, operand, writer) ?? names.get(operand)!);
  return operationOf(node.op).lower(node as never, operands, writer);
}

/** Outputs leave as host types: booleans as bytes. */
function hostType(node: Node): DataType {
  return node.dtype === "bool" ? "uint8" : node.dtype;
}

export function lowerProgram(graph: Graph, { block }: LoweringOptions = {}): OnnxProgram {
  const writer = new GraphWriter("", block);
  const bound = new Map<Node, string>(graph.inputs.map((input) => [input, input.parameters.name]));
  const names = writeNodes(Object.values(graph.outputs), bound, writer);
  const taken = new Set(bound.values());
  const outputs: Record<string, string> = {};
  for (const [name, node] of Object.entries(graph.outputs)) {
    const value = names.get(node)!;
    outputs[name] = taken.has(name) ? `${name}:out` : name;
    writer.publish(node.dtype === "bool" ? writer.cast(value, "uint8") : value, outputs[name]);
  }
  const infos = Object.entries(graph.outputs).map(([name, node]) =>
    valueInfo(outputs[name]!, hostType(node), node.shape),
  );
  const inputInfos = graph.inputs.map((input) => valueInfo(bound.get(input)!, input.dtype, input.shape));
  return {
    model: encodeModel(writer.finish(graph.name, inputInfos, infos)),
    inputs: Object.fromEntries([...bound.values()].map((name) => [name, name])),
    outputs,
  };
}

const iteration = "iteration";
const proceed = "proceed";

/** The graph's inputs are named `state/…` and `step/…`, its outputs `state/…` and `output/…`. */
export function lowerLoop(graph: Graph, { block }: LoweringOptions = {}): OnnxProgram {
  const body = new GraphWriter("body/", block);
  const bound = new Map<Node, string>();
  const used = new Set<Node>(topologicalOrder(Object.values(graph.outputs)));
  for (const input of graph.inputs) {
    const { name } = input.parameters;
    if (!used.has(input)) continue;
    const carried = name.startsWith("state/");
    bound.set(
      input,
      carried ? `body/${name}` : body.emit("Gather", [name, iteration], { axis: { kind: "int", value: 0 } }),
    );
  }
  const values = writeNodes(Object.values(graph.outputs), bound, body);
  const bodyOutputs = Object.entries(graph.outputs).map(([name, node]) => {
    const value = values.get(node)!;
    body.publish(node.dtype === "bool" ? body.cast(value, "uint8") : value, `body/next/${name}`);
    return valueInfo(`body/next/${name}`, hostType(node), node.shape);
  });
  body.publish(proceed, "body/proceed");
  const carriedInputs = graph.inputs.filter((input) => input.parameters.name.startsWith("state/"));
  const bodyProto = body.finish(
    `${graph.name}/step`,
    [
      valueInfo(iteration, "int64", []),
      valueInfo(proceed, "bool", []),
      ...carriedInputs.map((input) => valueInfo(`body/${input.parameters.name}`, input.dtype, input.shape)),
    ],
    [valueInfo("body/proceed", "bool", []), ...bodyOutputs],
  );

  const outer = new GraphWriter("");
  const outputNames = Object.keys(graph.outputs).map((name) => `next/${name}`);
  const state = carriedInputs.map((input) => input.parameters.name);
  outer.add("Loop", ["steps", "", ...state], outputNames, {}, bodyProto);
  const outerOutputs = Object.entries(graph.outputs).map(([name, node]) =>
    valueInfo(`next/${name}`, hostType(node), name.startsWith("state/") ? node.shape : ["steps", ...node.shape]),
  );
  const outerInputs = graph.inputs.map((input) => {
    const { name } = input.parameters;
    return valueInfo(name, input.dtype, name.startsWith("state/") ? input.shape : ["steps", ...input.shape]);
  });
  return {
    model: encodeModel(outer.finish(graph.name, [valueInfo("steps", "int64", []), ...outerInputs], outerOutputs)),
    inputs: Object.fromEntries(graph.inputs.map((input) => [input.parameters.name, input.parameters.name])),
    outputs: Object.fromEntries(Object.keys(graph.outputs).map((name) => [name, `next/${name}`])),
  };
}
