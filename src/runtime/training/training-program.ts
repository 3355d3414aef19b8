/** The training step of a mechanism as a loop program: its state, its inputs and its tensors' names. */
import type { HostData, HostTensor, HostTensors, LoopSpec, TensorSpec, Tensors } from "../engine/engine.js";
import * as tf from "../engine/tfjs.js";
import { groupsOf, type Mechanism, type ParameterGroup, trainingDrawsOf } from "../mechanisms/mechanism.js";
import type { RandomKey } from "../random/random-key.js";
import { type Rows, specOf } from "../rows.js";
import { adamStep, correctedRate } from "./adam.js";
import type { FitOptions } from "./fit-options.js";
import { bufferPrefix, keepStatistics, movedAverages } from "./running-averages.js";
import { rateFactor } from "./schedule.js";

/** A variable's rows and its parents', by name. */
export interface FitData {
  readonly value: Rows;
  readonly parents: Readonly<Record<string, Rows>>;
}

/** What training needs of a mechanism. */
export type Trainable = Pick<Mechanism, "parameters" | "buffers" | "draws" | "trainingDraws" | "loss" | "groups" | "momentum">;

/**
 * One step: loss, gradients by reverse mode, and the update, all in tensor ops; group by group, where the mechanism has several. The
 * step's loss is the sum of theirs. The optimiser's numbers are inputs; of the options, only whether weights decay at all shapes the
 * program, since the decay is one more pass over them.
 */
export function trainingStep(
  mechanism: Trainable,
  options: StepOptions,
  groups: readonly ParameterGroup[] = groupsOf(mechanism),
) {
  return (state: Tensors, inputs: Tensors): { state: Tensors; outputs: Tensors } => {
    const next: Record<string, tf.Tensor> = { ...state };
    const losses = groups.map((group) => updateGroup(group, next, inputs, options, mechanism.momentum));
    return { state: next, outputs: { loss: losses.reduce((sum, loss) => tf.add(sum, loss)) } };
  };
}

/** Replaces the group's parameters and moments in `state`, and the running averages that its loss has; gives the loss before that. */
function updateGroup(
  { parameters: names, loss }: ParameterGroup,
  state: Record<string, tf.Tensor>,
  inputs: Tensors,
  options: StepOptions,
  momentum: number | undefined,
): tf.Tensor {
  const slot = (prefix: string) =>
    Object.fromEntries(names.map((name) => [name, state[`${prefix}.${name}`]!])) as Record<string, tf.Tensor>;
  const current = { parameters: slot("parameter"), first: slot("first"), second: slot("second") };
  const all = named(state, "parameter.");
  const statistics: Record<string, tf.Tensor> = {};
  const { value, grads } = tf.valueAndGrads((...tensors: tf.Tensor[]) => {
    const own = Object.fromEntries(names.map((name, k) => [name, tensors[k]!]));
    const [parents, draws] = [named(inputs, "parent."), named(inputs, "draw.")];
    const result = loss({ ...all, ...own }, inputs.value!, parents, draws, statistics);
    keepStatistics(statistics);
    return result as tf.Scalar;
  })(names.map((name) => current.parameters[name]!));
  const gradients = Object.fromEntries(names.map((name, k) => [name, grads[k]!]));
  const keep = decays(options) ? inputs.keep! : undefined;
  const next = adamStep(current, gradients, inputs.rate!, inputs.clip!, keep, momentum);
  for (const name of names) {
    state[`parameter.${name}`] = next.parameters[name]!;
    state[`first.${name}`] = next.first[name]!;
    state[`second.${name}`] = next.second[name]!;
  }
  Object.assign(state, movedAverages(state, statistics));
  return value;
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
export function stateSpecs(mechanism: Trainable): Record<string, TensorSpec> {
  const specs: Record<string, TensorSpec> = {};
  for (const prefix of ["parameter", "first", "second"])
    for (const [name, { shape }] of Object.entries(mechanism.parameters))
      specs[`${prefix}.${name}`] = { shape, dtype: "float32" };
  for (const [name, { shape }] of Object.entries(mechanism.buffers ?? {}))
    specs[bufferPrefix + name] = { shape, dtype: "float32" };
  return specs;
}

type StepOptions = Pick<FitOptions, "weightDecay" | "particles">;

function decays({ weightDecay }: StepOptions): boolean {
  return weightDecay > 0;
}

const scalar: TensorSpec = { shape: [], dtype: "float32" };

/** A batch of rows, and auxiliary draws: `batch * particles` rows, units outermost. */
export function batchSpecs(
  mechanism: Trainable,
  data: FitData,
  batch: number,
  particles: number,
): Record<string, TensorSpec> {
  const specs: Record<string, TensorSpec> = { value: specOf(data.value, batch) };
  for (const [name, parent] of Object.entries(data.parents)) specs[`parent.${name}`] = specOf(parent, batch);
  for (const [name, { size }] of Object.entries(trainingDrawsOf(mechanism)))
    specs[`draw.${name}`] = { shape: [batch * particles, size], dtype: "float32" };
  return specs;
}

/** What a step is given: a batch and the optimiser's numbers. */
export function perStepSpecs(
  mechanism: Trainable,
  data: FitData,
  batch: number,
  options: StepOptions,
): Record<string, TensorSpec> {
  const numbers = { rate: scalar, clip: scalar, ...(decays(options) ? { keep: scalar } : {}) };
  return { ...batchSpecs(mechanism, data, batch, options.particles), ...numbers };
}

/** The optimiser's numbers of steps `first` … `first + steps - 1` (from 0) out of `total`, as `perStepSpecs` names them. */
export function optimiserInputs(
  options: FitOptions,
  first: number,
  steps: number,
  total: number,
  momentum?: number,
): Record<string, Float32Array> {
  const { rate, schedule, warmup, weightDecay, clip } = options;
  const perStep = (number: (rate: number, step: number) => number) =>
    Float32Array.from({ length: steps }, (_, k) =>
      number(rate * rateFactor(schedule, warmup, first + k, total), first + k),
    );
  return {
    rate: perStep((size, step) => correctedRate(size, step + 1, momentum)),
    clip: perStep(() => clip),
    ...(decays(options) ? { keep: perStep((size) => 1 - size * weightDecay) } : {}),
  };
}

/** The program that a fit repeats: one step of training on a batch. */
export function trainingProgram(
  mechanism: Mechanism,
  data: FitData,
  batch: number,
  options: StepOptions,
  groups: readonly ParameterGroup[] = groupsOf(mechanism),
): LoopSpec {
  return {
    name: `fit ${mechanism.variable}`,
    state: stateSpecs(mechanism),
    perStep: perStepSpecs(mechanism, data, batch, options),
    step: trainingStep(mechanism, options, groups),
  };
}

export function initialState(mechanism: Trainable, key: RandomKey): HostTensors {
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
