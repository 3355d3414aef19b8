/** The training step of a mechanism as a loop program, and its inputs. */

import { type Fittable, groupsOf, type ParameterGroup, trainingDrawsOf } from "../../mechanisms/contract/mechanism.js";
import type { LoopSpec, TensorSpec, Tensors } from "../../tensors/core/engine.js";
import { named } from "../../tensors/core/names.js";
import { specOf } from "../../tensors/core/rows.js";
import * as tf from "../../tensors/core/tfjs.js";
import { adamStep, correctedRate } from "./adam.js";
import type { FitData } from "./fit-data.js";
import type { FitOptions } from "./fit-options.js";
import { packingOf } from "./packed-state.js";
import { keepStatistics, movedAverages } from "./running-averages.js";
import { rateFactor } from "./schedule.js";
import { stateSpecs } from "./training-state.js";

/** What training needs of a mechanism. */
export type Trainable = Pick<
  Fittable,
  "parameters" | "buffers" | "draws" | "trainingDraws" | "loss" | "groups" | "finetune" | "momentum"
>;

/**
 * One step: loss, gradients by reverse mode, and the update, all in tensor ops; group by group, where the mechanism has
 * several. The step's loss is the sum of theirs. The optimiser's numbers are inputs; of the options, only whether
 * weights decay at all shapes the program, since the decay is one more pass over them.
 */
export function trainingStep(
  mechanism: Trainable,
  options: StepOptions,
  groups: readonly ParameterGroup[] = groupsOf(mechanism),
) {
  return (state: Tensors, inputs: Tensors): { state: Tensors; outputs: Tensors } => {
    const next: Record<string, tf.Tensor> = { ...state };
    const losses = groups.map((group) => updateGroup(mechanism, group, next, inputs, options));
    return { state: next, outputs: { loss: losses.reduce((sum, loss) => tf.add(sum, loss)) } };
  };
}

/**
 * Replaces the group's parameters and moments in `state`, and the running averages that its loss has; gives the loss
 * before that.
 */
function updateGroup(
  mechanism: Trainable,
  { parameters: names, loss }: ParameterGroup,
  state: Record<string, tf.Tensor>,
  inputs: Tensors,
  options: StepOptions,
): tf.Tensor {
  const { specs, pack, unpack } = packingOf(mechanism, names);
  const carried = (moment: string) =>
    Object.fromEntries(Object.keys(specs).map((name) => [name, state[`${moment}.${name}`]!]));
  const own = unpack(carried("parameter"));
  const others = names.length < Object.keys(mechanism.parameters).length ? named(state, "parameter.") : {};
  const statistics: Record<string, tf.Tensor> = {};
  const { value, grads } = tf.valueAndGrads((...tensors: tf.Tensor[]) => {
    const current = Object.fromEntries(names.map((name, k) => [name, tensors[k]!]));
    const [parents, draws] = [named(inputs, "parent."), named(inputs, "draw.")];
    const result = loss({ ...others, ...current }, inputs.value!, parents, draws, statistics);
    keepStatistics(statistics);
    return result as tf.Scalar;
  })(names.map((name) => own[name]!));
  const gradients = pack(Object.fromEntries(names.map((name, k) => [name, grads[k]!])));
  const before = { parameters: carried("parameter"), first: carried("first"), second: carried("second") };
  const keep = decays(options) ? inputs.keep! : undefined;
  const next = adamStep(before, gradients, inputs.rate!, inputs.clip!, keep, mechanism.momentum);
  for (const name of Object.keys(specs)) {
    state[`parameter.${name}`] = next.parameters[name]!;
    state[`first.${name}`] = next.first[name]!;
    state[`second.${name}`] = next.second[name]!;
  }
  Object.assign(state, movedAverages(state, statistics));
  return value;
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

/**
 * The optimiser's numbers of steps `first` … `first + steps - 1` (from 0) out of `total`, as `perStepSpecs` names them.
 */
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
  mechanism: Fittable,
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
