/**
 * Engines that run procedures eagerly on a backend of tfjs-core. `reference` takes the plain JavaScript backend: slow,
 * and simple enough to be what the other engines are compared with. `tensorflow` takes the backend of tfjs-node. They
 * differ in the backend's name alone.
 */

import { failure } from "../../../diagnostics/diagnostic.js";
import { withBackend } from "../core/current-backend.js";
import type {
  Engine,
  EngineDescription,
  EngineName,
  EngineOptions,
  HostData,
  HostTensor,
  HostTensors,
  LoopProgram,
  LoopSpec,
  Program,
  ProgramSpec,
  TensorSpecs,
  Tensors,
} from "../core/engine.js";
import { checkInputs, checkSteps, hostTensor, sizeOfShape, stacked } from "../core/host-tensors.js";
import { checkState } from "../core/loop-state.js";
import * as tf from "../core/tfjs.js";

/** A backend that is registered, and what it is. */
export interface EagerBackend {
  readonly backend: string;
  readonly description: EngineDescription;
}

function tensorOf({ data, shape, dtype }: HostTensor): tf.Tensor {
  if (dtype === "uint8") return tf.tensor(Float32Array.from(data), [...shape], "float32");
  return tf.tensor(data.slice(), [...shape], dtype);
}

function tensorsOf(specs: TensorSpecs, values: Readonly<Record<string, HostData>>): Tensors {
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [name, tensorOf({ ...spec, data: values[name]! })]),
  );
}

/** Copies, since a tensor of a JavaScript backend may share its array with another, or hold one of another type. */
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

function eagerly<T>(backend: string, run: () => T): T {
  return withBackend(backend, () => {
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

function runLoop(
  backend: string,
  spec: LoopSpec,
  steps: number,
  start: HostTensors,
  perStep: Readonly<Record<string, HostData>>,
) {
  let state = start;
  const history: HostTensors[] = [];
  for (let step = 0; step < steps; step++) {
    const result = eagerly(backend, () => {
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

class EagerEngine implements Engine {
  readonly name: EngineName;
  readonly #load: () => Promise<EagerBackend>;
  #loading: Promise<EagerBackend> | undefined;

  constructor(name: EngineName, load: () => Promise<EagerBackend>) {
    this.name = name;
    this.#load = load;
  }

  #loaded(): Promise<EagerBackend> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  async start(): Promise<EngineDescription> {
    return (await this.#loaded()).description;
  }

  async compile(spec: ProgramSpec): Promise<Program> {
    const { backend } = await this.#loaded();
    return {
      name: spec.name,
      run: async (inputs) => {
        checkInputs(spec.name, spec.inputs, inputs);
        return eagerly(backend, () => {
          const constants = Object.entries(spec.constants ?? {}).map(
            ([name, value]) => [name, tensorOf(value)] as const,
          );
          return hostTensors(spec.procedure(tensorsOf(spec.inputs, inputs), Object.fromEntries(constants)));
        });
      },
      dispose: async () => {},
    };
  }

  async compileLoop(spec: LoopSpec): Promise<LoopProgram> {
    const { backend } = await this.#loaded();
    return {
      name: spec.name,
      run: async (steps, state, perStep) => {
        checkSteps(spec.name, steps);
        checkInputs(spec.name, spec.state, state);
        const sliced = Object.entries(spec.perStep).map(([name, one]) => [name, stacked(one, steps)] as const);
        checkInputs(spec.name, Object.fromEntries(sliced), perStep);
        const start = Object.entries(spec.state).map(([name, one]) => [name, { ...one, data: state[name]! }] as const);
        return runLoop(backend, spec, steps, Object.fromEntries(start), perStep);
      },
      dispose: async () => {},
    };
  }
}

/** `load` is called once, when the engine is first needed. */
export function createEagerEngine(name: EngineName, load: () => Promise<EagerBackend>): Engine {
  return new EagerEngine(name, load);
}

async function loadReference({ device = "cpu", threads = 1 }: EngineOptions): Promise<EagerBackend> {
  if (device !== "cpu")
    throw failure("7006", "reference", `the reference engine has no device ${device}`, "It runs on cpu alone.");
  if (threads !== 1)
    throw failure("7006", "reference", `the reference engine cannot use ${threads} threads`, "It runs on one alone.");
  return {
    backend: "cpu",
    description: { engine: "reference", library: `@tensorflow/tfjs-core ${tf.version_core}`, device, threads },
  };
}

export function createReferenceEngine(options: EngineOptions = {}): Engine {
  return createEagerEngine("reference", () => loadReference(options));
}
