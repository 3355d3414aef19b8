/**
 * Tracing: one run of a procedure on the backend "scmc-trace" yields the graph of what it computes, gradients and
 * optimiser included. Kernels that have no translation are registered too, as an error that names operation and
 * procedure.
 */
import { failure, ScmcError } from "../../../../diagnostics/diagnostic.js";
import { withBackend } from "../../core/current-backend.js";
import type { HostTensors, LoopSpec, ProgramSpec, TensorSpecs, Tensors } from "../../core/engine.js";
import { checkState } from "../../core/loop-state.js";
import * as tf from "../../core/tfjs.js";
import type { Graph, Node, NodeOf } from "../graph/node.js";
import { makeNode } from "../operations/index.js";
import { convolutionKernels } from "./convolution-kernels.js";
import { elementwiseKernels } from "./elementwise-kernels.js";
import { imageKernels } from "./image-kernels.js";
import { cast, type Kernel, type Kernels } from "./kernel.js";
import { layoutKernels } from "./layout-kernels.js";
import { reductionKernels } from "./reduction-kernels.js";
import { TraceBackend, traceBackendName } from "./trace-backend.js";

export const kernels: Kernels = {
  ...elementwiseKernels,
  ...layoutKernels,
  ...reductionKernels,
  ...convolutionKernels,
  ...imageKernels,
};

type Named = tf.NamedTensorInfoMap;

function run(
  backend: TraceBackend,
  kernel: Kernel,
  inputs: Named,
  attributes: object,
): tf.TensorInfo | tf.TensorInfo[] {
  const present = Object.entries(inputs).filter(([, info]) => info !== undefined && info !== null);
  const nodes = Object.fromEntries(present.map(([name, info]) => [name, backend.nodeOf(info!)]));
  const result = kernel({ inputs: nodes, attributes: attributes as Record<string, unknown> });
  return Array.isArray(result) ? result.map((node: Node) => backend.infoOf(node)) : backend.infoOf(result as Node);
}

function missing(name: string, backend: TraceBackend): never {
  throw failure(
    "7002",
    backend.procedure,
    `the operation ${name} has no translation to ONNX`,
    "write it in other operations, or use the reference engine",
  );
}

function register(): TraceBackend {
  const backend = new TraceBackend();
  tf.registerBackend(traceBackendName, () => backend, 0);
  for (const [kernelName, kernel] of Object.entries(kernels)) {
    const kernelFunc: tf.KernelFunc = ({ inputs, attrs }) => run(backend, kernel, inputs, attrs ?? {});
    tf.registerKernel({ kernelName, backendName: traceBackendName, kernelFunc });
  }
  for (const { kernelName } of tf.getKernelsForBackend("cpu")) {
    if (Object.hasOwn(kernels, kernelName)) continue;
    tf.registerKernel({ kernelName, backendName: traceBackendName, kernelFunc: () => missing(kernelName, backend) });
  }
  return backend;
}

let registered: TraceBackend | undefined;

function tensorOf(backend: TraceBackend, node: Node): tf.Tensor {
  const { dataId, shape, dtype } = backend.infoOf(node);
  return tf.engine().makeTensorFromDataId(dataId, shape, dtype, backend);
}

/** A graph input a spec, and its tensor; a uint8 input arrives in the procedure as float32. */
function inputTensors(backend: TraceBackend, prefix: string, specs: TensorSpecs, inputs: NodeOf<"Input">[]): Tensors {
  const entries = Object.entries(specs).map(([name, { dtype, shape }]) => {
    const input = makeNode("Input", [], { name: prefix + name, dtype, shape });
    inputs.push(input);
    return [name, tensorOf(backend, floating(input))] as const;
  });
  return Object.fromEntries(entries);
}

function constantTensors(backend: TraceBackend, constants: HostTensors): Tensors {
  const entries = Object.entries(constants).map(([name, { data, dtype, shape }]) => {
    const node = makeNode("Constant", [], { data, dtype, shape });
    return [name, tensorOf(backend, floating(node))] as const;
  });
  return Object.fromEntries(entries);
}

function floating(node: Node): Node {
  return node.dtype === "uint8" ? cast(node, "float32") : node;
}

/** Runs `body` on the tracing backend; what it returns are the outputs. */
function traced(
  name: string,
  body: (backend: TraceBackend, inputs: NodeOf<"Input">[]) => readonly (readonly [string, tf.Tensor])[],
): Graph {
  registered ??= register();
  const backend = registered;
  backend.procedure = name;
  const inputs: NodeOf<"Input">[] = [];
  try {
    return withBackend(traceBackendName, () => {
      tf.engine().startScope();
      try {
        const outputs = body(backend, inputs).map(([key, tensor]) => [key, backend.nodeOf(tensor)] as const);
        return { name, inputs, outputs: Object.fromEntries(outputs) };
      } finally {
        tf.engine().endScope();
      }
    });
  } catch (error) {
    if (error instanceof ScmcError) throw error;
    throw new Error(`${name}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

export function traceProgram(spec: ProgramSpec): Graph {
  return traced(spec.name, (backend, inputs) => {
    const constants = constantTensors(backend, spec.constants ?? {});
    return Object.entries(spec.procedure(inputTensors(backend, "", spec.inputs, inputs), constants));
  });
}

/** One step of a loop: inputs `state/…` and `step/…`, outputs `state/…` and `output/…`. */
export function traceLoop(spec: LoopSpec): Graph {
  return traced(spec.name, (backend, inputs) => {
    const state = inputTensors(backend, "state/", spec.state, inputs);
    const result = spec.step(state, inputTensors(backend, "step/", spec.perStep, inputs));
    checkState(spec, result.state);
    const next = Object.keys(spec.state).map((name) => [`state/${name}`, result.state[name]!] as const);
    return [...next, ...Object.entries(result.outputs).map(([name, value]) => [`output/${name}`, value] as const)];
  });
}
