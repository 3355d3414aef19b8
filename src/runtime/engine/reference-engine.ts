/**
 * The `reference` engine: procedures run eagerly on tfjs-core's plain JavaScript backend. Slow, and simple enough to be
 * what the other engines are compared with.
 */

import { withBackend } from "./current-backend.js";
import type {
  Engine,
  HostData,
  HostTensor,
  HostTensors,
  LoopSpec,
  ProgramSpec,
  TensorSpecs,
  Tensors,
} from "./engine.js";
import { checkInputs, checkSteps, hostTensor, sizeOfShape, stacked } from "./host-tensors.js";
import { checkState } from "./loop-state.js";
import * as tf from "./tfjs.js";

const backendName = "cpu";

function tensorOf({ data, shape, dtype }: HostTensor): tf.Tensor {
  if (dtype === "uint8") return tf.tensor(Float32Array.from(data), [...shape], "float32");
  return tf.tensor(data.slice(), [...shape], dtype);
}

function tensorsOf(specs: TensorSpecs, values: Readonly<Record<string, HostData>>): Tensors {
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [name, tensorOf({ ...spec, data: values[name]! })]),
  );
}

/** Copies, since a tensor of the JavaScript backend may share its array with another, or hold one of another type. */
function copied(tensor: tf.Tensor): HostData {
  const data = tensor.dataSync();
  if (tensor.dtype === "float32") return Float32Array.from(data);
  return tensor.dtype === "int32" ? Int32Array.from(data) : Uint8Array.from(data);
}

function hostTensors(tensors: Tensors): HostTensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [name, hostTensor(copied(tensor), tensor.shape)]),
  );
}

function eagerly<T>(run: () => T): T {
  return withBackend(backendName, () => {
    tf.engine().startScope();
    try {
      return run();
    } finally {
      tf.engine().endScope();
    }
  });
}

function sliceOf(spec: TensorSpecs[string], data: HostData, step: number): HostData {
  const size = sizeOfShape(spec.shape);
  return data.subarray(step * size, (step + 1) * size);
}

function slices(specs: TensorSpecs, values: Readonly<Record<string, HostData>>, step: number) {
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, sliceOf(spec, values[name]!, step)]));
}

/** Stacks the outputs of the steps along a leading axis. */
function stack(history: readonly HostTensors[]): HostTensors {
  return Object.fromEntries(
    Object.entries(history[0]!).map(([name, first]) => {
      const data = new (first.data.constructor as new (length: number) => HostData)(first.data.length * history.length);
      history.forEach((outputs, step) => {
        data.set(outputs[name]!.data, step * first.data.length);
      });
      return [name, hostTensor(data, [history.length, ...first.shape])];
    }),
  );
}

function runLoop(spec: LoopSpec, steps: number, start: HostTensors, perStep: Readonly<Record<string, HostData>>) {
  let state = start;
  const history: HostTensors[] = [];
  for (let step = 0; step < steps; step++) {
    const result = eagerly(() => {
      const current = Object.fromEntries(Object.entries(state).map(([name, value]) => [name, tensorOf(value)]));
      const next = spec.step(current, tensorsOf(spec.perStep, slices(spec.perStep, perStep, step)));
      checkState(spec, next.state);
      return { state: hostTensors(next.state), outputs: hostTensors(next.outputs) };
    });
    state = result.state;
    history.push(result.outputs);
  }
  return { state, outputs: stack(history) };
}

export function createReferenceEngine(): Engine {
  return {
    name: "reference",
    compile: async (spec: ProgramSpec) => ({
      name: spec.name,
      run: async (inputs) => {
        checkInputs(spec.name, spec.inputs, inputs);
        return eagerly(() => {
          const constants = Object.entries(spec.constants ?? {}).map(
            ([name, value]) => [name, tensorOf(value)] as const,
          );
          return hostTensors(spec.procedure(tensorsOf(spec.inputs, inputs), Object.fromEntries(constants)));
        });
      },
      dispose: async () => {},
    }),
    compileLoop: async (spec: LoopSpec) => ({
      name: spec.name,
      run: async (steps, state, perStep) => {
        checkSteps(spec.name, steps);
        checkInputs(spec.name, spec.state, state);
        const sliced = Object.entries(spec.perStep).map(([name, one]) => [name, stacked(one, steps)] as const);
        checkInputs(spec.name, Object.fromEntries(sliced), perStep);
        const start = Object.entries(spec.state).map(([name, one]) => [name, { ...one, data: state[name]! }] as const);
        return runLoop(spec, steps, Object.fromEntries(start), perStep);
      },
      dispose: async () => {},
    }),
  };
}
