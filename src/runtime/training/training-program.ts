/** The training step of a mechanism as a loop program: its state, its inputs and its tensors' names. */
import type { HostData, HostTensor, HostTensors, TensorSpec, Tensors } from "../engine/engine.js";
import * as tf from "../engine/tfjs.js";
import type { Mechanism } from "../mechanisms/mechanism.js";
import type { RandomKey } from "../random/random-key.js";
import { type Rows, specOf } from "../rows.js";
import { adamStep } from "./adam.js";
import { bufferPrefix, keepStatistics, movedAverages } from "./running-averages.js";

/** A variable's rows and its parents', by name. */
export interface FitData {
  readonly value: Rows;
  readonly parents: Readonly<Record<string, Rows>>;
}

const largestGradientNorm = 100;

/** One step: loss, gradients by reverse mode, and the update, all in tensor ops. */
export function trainingStep(mechanism: Mechanism) {
  const names = Object.keys(mechanism.parameters);
  return (state: Tensors, inputs: Tensors): { state: Tensors; outputs: Tensors } => {
    const group = (prefix: string) =>
      Object.fromEntries(names.map((name) => [name, state[`${prefix}.${name}`]!])) as Record<string, tf.Tensor>;
    const parameters = group("parameter");
    const statistics: Record<string, tf.Tensor> = {};
    const { value: loss, grads } = tf.valueAndGrads((...tensors: tf.Tensor[]) => {
      const current = Object.fromEntries(names.map((name, k) => [name, tensors[k]!]));
      const [parents, draws] = [named(inputs, "parent."), named(inputs, "draw.")];
      const loss = mechanism.loss(current, inputs.value!, parents, draws, statistics);
      keepStatistics(statistics);
      return loss as tf.Scalar;
    })(names.map((name) => parameters[name]!));
    const gradients = Object.fromEntries(names.map((name, k) => [name, grads[k]!]));
    const next = adamStep(
      { parameters, first: group("first"), second: group("second") },
      gradients,
      inputs.rate!,
      largestGradientNorm,
    );
    const flat: Record<string, tf.Tensor> = {};
    for (const name of names) {
      flat[`parameter.${name}`] = next.parameters[name]!;
      flat[`first.${name}`] = next.first[name]!;
      flat[`second.${name}`] = next.second[name]!;
    }
    Object.assign(flat, movedAverages(state, statistics));
    return { state: flat, outputs: { loss } };
  };
}

/** The tensors under a prefix, without it. */
export function named(tensors: Tensors, prefix: string): Tensors {
  return Object.fromEntries(
    Object.entries(tensors)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]) => [name.slice(prefix.length), tensor]),
  );
}

/** What a step carries: parameters, Adam's two moments, running averages. */
export function stateSpecs(mechanism: Mechanism): Record<string, TensorSpec> {
  const specs: Record<string, TensorSpec> = {};
  for (const prefix of ["parameter", "first", "second"])
    for (const [name, { shape }] of Object.entries(mechanism.parameters))
      specs[`${prefix}.${name}`] = { shape, dtype: "float32" };
  for (const [name, { shape }] of Object.entries(mechanism.buffers ?? {}))
    specs[bufferPrefix + name] = { shape, dtype: "float32" };
  return specs;
}

/** What a step is given: a batch of rows, auxiliary draws, the rate. */
export function perStepSpecs(mechanism: Mechanism, data: FitData, batch: number): Record<string, TensorSpec> {
  const specs: Record<string, TensorSpec> = { value: specOf(data.value, batch), rate: { shape: [], dtype: "float32" } };
  for (const [name, parent] of Object.entries(data.parents)) specs[`parent.${name}`] = specOf(parent, batch);
  for (const [name, { size }] of Object.entries(mechanism.draws))
    specs[`draw.${name}`] = { shape: [batch, size], dtype: "float32" };
  return specs;
}

export function initialState(mechanism: Mechanism, key: RandomKey): HostTensors {
  const state: Record<string, HostTensor> = {};
  for (const [name, { shape, initialise }] of Object.entries(mechanism.parameters)) {
    const data = initialise(key.split(name));
    state[`parameter.${name}`] = { shape, dtype: "float32", data };
    for (const prefix of ["first", "second"])
      state[`${prefix}.${name}`] = { shape, dtype: "float32", data: new Float32Array(data.length) };
  }
  for (const [name, { shape, initialise }] of Object.entries(mechanism.buffers ?? {}))
    state[bufferPrefix + name] = { shape, dtype: "float32", data: initialise(key.split(name)) };
  return state;
}

/** What a fit sets, by name: the parameters of a state and its running averages. */
export function parametersIn(state: HostTensors): HostTensors {
  return Object.fromEntries(
    Object.entries(state).flatMap(([name, tensor]) => {
      const prefix = ["parameter.", bufferPrefix].find((candidate) => name.startsWith(candidate));
      return prefix === undefined ? [] : [[name.slice(prefix.length), tensor]];
    }),
  );
}

export function dataOf(tensors: HostTensors): Record<string, HostData> {
  return Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, data]));
}
