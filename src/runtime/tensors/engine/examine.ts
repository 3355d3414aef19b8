/**
 * Whether the engines work here: each that loads trains a tiny network for three steps, gradients included, and its
 * results are compared with the reference engine's. What does not work says why and what to install.
 */
import { ScmcError } from "../../../diagnostics/diagnostic.js";
import type { EngineDescription, EngineName, HostTensors, LoopSpec } from "../core/engine.js";
import * as tf from "../core/tfjs.js";
import { createEngine, engineNames } from "./index.js";
import { listedProviders, needsOf, whyProviderFails } from "./onnx/provider.js";

export interface DeviceExamination {
  readonly device: string;
  readonly works: boolean;
  readonly reason?: string;
  readonly needs?: string;
}

export interface EngineExamination {
  readonly engine: EngineName;
  readonly works: boolean;
  /** Absent where the engine does not load. */
  readonly description?: EngineDescription;
  /** Largest difference from the reference engine, relative to max(1, |value|). */
  readonly difference?: number;
  readonly milliseconds?: number;
  readonly reason?: string;
  /** What to do about it. */
  readonly remedy?: string;
  /** Of the onnx engine: the execution providers of this onnxruntime. */
  readonly devices: readonly DeviceExamination[];
}

/** Float32 arithmetic in another order. */
export const allowedDifference = 1e-5;

const steps = 3;

/** Gradient descent on Σ tanh(x w)² + softplus of its mean, for four rows of three. */
const trial: LoopSpec = {
  name: "engine check",
  state: { w: { shape: [3, 2], dtype: "float32" } },
  perStep: { x: { shape: [4, 3], dtype: "float32" } },
  step: ({ w }, { x }) => {
    const loss = (weights: tf.Tensor) => {
      const activity = tf.tanh(tf.matMul(x as tf.Tensor2D, weights as tf.Tensor2D));
      return tf.add(tf.sum(tf.square(activity)), tf.softplus(tf.mean(activity))) as tf.Scalar;
    };
    const { value, grad } = tf.valueAndGrad(loss)(w!);
    return { state: { w: tf.sub(w!, tf.mul(grad, 0.1)) }, outputs: { loss: value } };
  },
};

async function runTrial(name: EngineName): Promise<HostTensors> {
  const loop = await createEngine(name).compileLoop(trial);
  try {
    const w = Float32Array.from({ length: 6 }, (_, k) => Math.sin(k + 1));
    const x = Float32Array.from({ length: 12 * steps }, (_, k) => Math.cos(k));
    const { state, outputs } = await loop.run(steps, { w }, { x });
    return { ...state, ...outputs };
  } finally {
    await loop.dispose();
  }
}

function differenceOf(actual: HostTensors, wanted: HostTensors): number {
  let worst = 0;
  for (const [name, { data }] of Object.entries(wanted))
    data.forEach((value, k) => {
      const difference = Math.abs(actual[name]!.data[k]! - value) / Math.max(1, Math.abs(value));
      worst = Math.max(worst, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
    });
  return worst;
}

async function examineDevices(): Promise<DeviceExamination[]> {
  const devices: DeviceExamination[] = [];
  for (const device of await listedProviders()) {
    const reason = await whyProviderFails(device);
    const needs = needsOf(device);
    devices.push(
      reason === undefined
        ? { device, works: true }
        : { device, works: false, reason, ...(needs === undefined ? {} : { needs }) },
    );
  }
  return devices;
}

async function examineEngine(engine: EngineName, wanted: HostTensors): Promise<EngineExamination> {
  try {
    const description = await createEngine(engine).start();
    const started = performance.now();
    const difference = differenceOf(await runTrial(engine), wanted);
    const milliseconds = Math.round(performance.now() - started);
    const works = difference <= allowedDifference;
    return {
      engine,
      works,
      description,
      difference,
      milliseconds,
      ...(works ? {} : { reason: `its results differ from the reference engine's by ${difference}` }),
      devices: engine === "onnx" ? await examineDevices() : [],
    };
  } catch (error) {
    return { engine, works: false, ...problemOf(error), devices: [] };
  }
}

function problemOf(error: unknown): { reason: string; remedy?: string } {
  const diagnostic = error instanceof ScmcError ? error.diagnostics[0] : undefined;
  if (diagnostic === undefined) return { reason: error instanceof Error ? error.message : String(error) };
  return { reason: diagnostic.message, ...(diagnostic.hint === undefined ? {} : { remedy: diagnostic.hint }) };
}

export async function examineEngines(): Promise<EngineExamination[]> {
  const wanted = await runTrial("reference");
  const examined: EngineExamination[] = [];
  for (const name of engineNames) examined.push(await examineEngine(name, wanted));
  return examined;
}
