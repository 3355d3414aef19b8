/**
 * Checks the coverage of the conformance suite, read from its traces: an operation of the op table without a case for
 * its values, its gradient, broadcasting or an edge shape fails here, with the list of missing cases.
 */
import { expect } from "chai";
import type * as tf from "../../../../src/runtime/tensors/core/tfjs.js";
import {
  type Node,
  type OperationName,
  plainBinary,
  topologicalOrder,
} from "../../../../src/runtime/tensors/engine/graph/node.js";
import type { Tensors } from "../../../../src/runtime/tensors/engine/index.js";
import { elementwise } from "../../../../src/runtime/tensors/engine/operations/elementwise.js";
import { operations } from "../../../../src/runtime/tensors/engine/operations/index.js";
import { simplify } from "../../../../src/runtime/tensors/engine/simplify/simplify.js";
import { traceProgram } from "../../../../src/runtime/tensors/engine/trace/trace.js";
import { type OperationCase, operationCases } from "./operation-cases.js";

type Aspect = "values" | "gradient" | "broadcasting" | "axes of length 1" | "scalars" | "an empty batch";

/** Operations whose gradient is not compared with differences, and why. */
const withoutGradient: Partial<Record<OperationName, string>> = {
  Constant: "it depends on nothing",
  Cast: "one of its sides is of integers or booleans",
  ...named(["Sign", "Floor", "Ceil", "Round", "FloorDiv"], "it is a step: its gradient is 0"),
  ...named(
    ["IsNaN", "IsInf", "Not", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"],
    "it yields booleans",
  ),
  ...named(["And", "Or"], "it yields booleans"),
  ...named(["ArgMax", "ArgMin", "TopKIndices"], "it yields positions"),
  ...named(["TopKValues", "Einsum", "ReflectPad", "GatherND"], "tfjs-core has no gradient for it"),
};

const withoutEmpty: Partial<Record<OperationName, string>> = {
  Constant: "it is no function of a batch",
  ReflectPad: "tfjs-core refuses to mirror no rows",
};

function named(names: readonly OperationName[], reason: string): Partial<Record<OperationName, string>> {
  return Object.fromEntries(names.map((name) => [name, reason]));
}

function aspectsOf(op: OperationName): Aspect[] {
  const aspects: Aspect[] = ["values", "axes of length 1"];
  if (!Object.hasOwn(withoutGradient, op)) aspects.push("gradient");
  if (!Object.hasOwn(withoutEmpty, op)) aspects.push("an empty batch");
  if (Object.hasOwn(elementwise, op)) aspects.push("scalars");
  if ((plainBinary as readonly string[]).includes(op) || op === "Where" || op === "MatMul")
    aspects.push("broadcasting");
  return aspects;
}

function nodesOf({ shapes, compute, integer }: OperationCase): Node[] {
  const dtype = integer ? "int32" : "float32";
  const inputs = Object.fromEntries(shapes.map((shape, k) => [`x${k}`, { shape, dtype } as const]));
  const procedure = (tensors: Tensors) => {
    const result = compute(...Object.values(tensors));
    const outputs = Array.isArray(result) ? (result as readonly tf.Tensor[]) : [result as tf.Tensor];
    return Object.fromEntries(outputs.map((tensor, k) => [`y${k}`, tensor]));
  };
  const traced = traceProgram({ name: "case", inputs, procedure });
  // Some operations come of simplification alone.
  return topologicalOrder([traced, simplify(traced)].flatMap(({ outputs }) => Object.values(outputs)));
}

/** Batch axes of a product, all axes of an element-wise operation. */
function broadcastShapesOf({ op, operands }: Node): string[] {
  return operands.map(({ shape }) => String(op === "MatMul" ? shape.slice(0, -2) : shape));
}

function shownBy(one: OperationCase, node: Node): Aspect[] {
  const shapes = [node.shape, ...node.operands.map(({ shape }) => shape)];
  const isEmpty = shapes.some((shape) => shape.includes(0));
  const aspects: Aspect[] = ["values"];
  // Differences of an empty sum would be compared with nothing.
  if (one.differentiable && !one.shapes.flat().includes(0)) aspects.push("gradient");
  if (isEmpty) aspects.push("an empty batch");
  if (shapes.some((shape) => shape.includes(1))) aspects.push("axes of length 1");
  if (shapes.every((shape) => shape.length === 0)) aspects.push("scalars");
  if (new Set(broadcastShapesOf(node)).size > 1) aspects.push("broadcasting");
  return aspects;
}

describe("the op table", () => {
  it("has a case for every operation and every aspect of it", () => {
    const met = new Set<string>();
    for (const one of operationCases)
      for (const node of nodesOf(one)) for (const aspect of shownBy(one, node)) met.add(`${node.op}: ${aspect}`);
    const wanted = (Object.keys(operations) as OperationName[]).flatMap((op) =>
      aspectsOf(op).map((aspect) => `${op}: ${aspect}`),
    );
    expect(wanted.filter((pair) => !met.has(pair))).to.deep.equal([]);
  });

  it("states a tolerance for every operation, at most 1e-4", () => {
    for (const [op, { tolerance }] of Object.entries(operations)) expect(tolerance, op).to.be.within(0, 1e-4);
  });
});
