/**
 * Every engine against the reference engine, operation by operation: values within the op table's tolerance, gradients
 * within ten times that; and the reference's gradients, through every engine, against central differences.
 */
import { expect } from "chai";
import * as tf from "../../../../src/runtime/tensors/core/tfjs.js";
import { topologicalOrder } from "../../../../src/runtime/tensors/engine/graph/node.js";
import {
  createEngine,
  type HostData,
  type HostTensors,
  type ProgramSpec,
} from "../../../../src/runtime/tensors/engine/index.js";
import { operationOf } from "../../../../src/runtime/tensors/engine/operations/index.js";
import { traceProgram } from "../../../../src/runtime/tensors/engine/trace/trace.js";
import { type OperationCase, operationCases } from "./operation-cases.js";
import { presentEngines } from "./present-engines.js";
import { closeness, randomData } from "./support.js";

const letters = ["a", "b", "c", "d"] as const;

function inputsOf(one: OperationCase): Record<string, HostData> {
  return Object.fromEntries(
    one.shapes.map((shape, k) => [letters[k]!, randomData(shape, one.low, one.high, one.integer, k + 1)]),
  );
}

function specOf(one: OperationCase, procedure: ProgramSpec["procedure"]): ProgramSpec {
  const dtype = one.integer ? "int32" : "float32";
  const inputs = Object.fromEntries(one.shapes.map((shape, k) => [letters[k]!, { shape, dtype } as const]));
  return { name: one.name, inputs, procedure };
}

function values(one: OperationCase): ProgramSpec {
  return specOf(one, (inputs) => {
    const result = one.compute(...Object.values(inputs));
    const outputs = Array.isArray(result) ? (result as tf.Tensor[]) : [result as tf.Tensor];
    return Object.fromEntries(outputs.map((output, k) => [`y${k}`, output]));
  });
}

/** A weighted sum of the output, its weights all different: its gradient tells transposed results apart. */
function objective(one: OperationCase, operands: tf.Tensor[]): tf.Scalar {
  const result = one.compute(...operands);
  const output = Array.isArray(result) ? (result as tf.Tensor[])[0]! : (result as tf.Tensor);
  const weights = tf.add(tf.sin(tf.range(0, output.size)), 1.5).reshape(output.shape);
  return tf.sum(tf.mul(output, weights));
}

function gradients(one: OperationCase): ProgramSpec {
  return specOf(one, (inputs) => {
    const names = Object.keys(inputs);
    const { value, grads } = tf.valueAndGrads((...operands) => objective(one, operands))(Object.values(inputs));
    return { value, ...Object.fromEntries(names.map((name, k) => [name, grads[k]!])) };
  });
}

function toleranceOf(spec: ProgramSpec): number {
  const order = topologicalOrder(Object.values(traceProgram(spec).outputs));
  return Math.max(...order.map((node) => operationOf(node.op).tolerance));
}

async function runOn(engineName: string, spec: ProgramSpec, inputs: Record<string, HostData>): Promise<HostTensors> {
  const program = await createEngine(engineName, { threads: 1 }).compile(spec);
  const outputs = await program.run(inputs);
  await program.dispose();
  return outputs;
}

function expectClose(actual: HostTensors, wanted: HostTensors, tolerance: number): void {
  expect(Object.keys(actual)).to.deep.equal(Object.keys(wanted));
  for (const [name, { data, shape, dtype }] of Object.entries(wanted)) {
    expect(actual[name]!.shape, name).to.deep.equal(shape);
    expect(actual[name]!.dtype, name).to.equal(dtype);
    expect(closeness(actual[name]!.data, data), name).to.be.at.most(tolerance);
  }
}

describe("operations, against the reference engine", () => {
  for (const engineName of presentEngines.filter((name) => name !== "reference")) {
    for (const one of operationCases) {
      it(`${engineName}: ${one.name}`, async () => {
        const spec = values(one);
        const wanted = await runOn("reference", spec, inputsOf(one));
        expectClose(await runOn(engineName, spec, inputsOf(one)), wanted, toleranceOf(spec));
        if (!one.differentiable) return;
        const gradientSpec = gradients(one);
        const wantedGradients = await runOn("reference", gradientSpec, inputsOf(one));
        expectClose(
          await runOn(engineName, gradientSpec, inputsOf(one)),
          wantedGradients,
          10 * toleranceOf(gradientSpec),
        );
      });
    }
  }
});

/** Directional derivative by central differences, computed in the engine itself. */
function differences(one: OperationCase, step: number): ProgramSpec {
  return specOf(one, (inputs) => {
    const operands = Object.values(inputs);
    const directions = operands.map((operand, k) => tf.cos(tf.range(k, operand.size + k)).reshape(operand.shape));
    const { grads } = tf.valueAndGrads((...all) => objective(one, all))(operands);
    const at = (sign: number) =>
      objective(
        one,
        operands.map((operand, k) => tf.add(operand, tf.mul(directions[k]!, sign * step))),
      );
    const slope = tf.div(tf.sub(at(1), at(-1)), 2 * step);
    return { slope, projected: tf.addN(grads.map((grad, k) => tf.sum(tf.mul(grad, directions[k]!)))) };
  });
}

describe("gradients, against central differences", () => {
  for (const engineName of presentEngines) {
    for (const one of operationCases.filter(
      ({ differentiable, shapes }) => differentiable && !shapes.flat().includes(0),
    )) {
      it(`${engineName}: ${one.name}`, async () => {
        const small = Math.max(Math.abs(one.low), Math.abs(one.high)) < 0.01;
        const { slope, projected } = await runOn(engineName, differences(one, small ? 1e-2 : 1e-3), inputsOf(one));
        const scale = Math.max(1, Math.abs(projected!.data[0]!));
        expect(Math.abs(slope!.data[0]! - projected!.data[0]!) / scale).to.be.below(0.03);
      });
    }
  }
});
