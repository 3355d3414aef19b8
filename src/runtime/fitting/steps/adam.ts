/**
 * Adam (Kingma & Ba 2015), with the gradient's global norm clipped and decoupled weight decay (Loshchilov & Hutter
 * 2019), as a step that a loop program carries. The bias correction is folded into the rate by the caller, so that the
 * state is the parameters and two moments. The moments are kept without their factors 1 - decay, which join the rate as
 * well: the same steps with two passes over memory fewer a weight.
 */
import type { Tensors } from "../../tensors/core/engine.js";
import * as tf from "../../tensors/core/tfjs.js";

/** Kept of the first moment, where a mechanism does not say otherwise, and of the second. */
export const decay1 = 0.9;
export const decay2 = 0.999;
const scaledEpsilon = 1e-8 / Math.sqrt(1 - decay2);

/** The step size of step `step` (from 1): bias corrections and the moments' factors included. */
export function correctedRate(rate: number, step: number, momentum = decay1): number {
  const bias = Math.sqrt(1 - decay2 ** step) / (1 - momentum ** step);
  return (rate * bias * (1 - momentum)) / Math.sqrt(1 - decay2);
}

export interface AdamState {
  readonly parameters: Tensors;
  readonly first: Tensors;
  readonly second: Tensors;
}

/**
 * One update. `rate` is a scalar tensor from `correctedRate`; `largestNorm` bounds the L2 norm of the whole gradient.
 * The weights are multiplied by `keep` before it: 1 - uncorrected rate * decay; left out where nothing decays.
 */
export function adamStep(
  state: AdamState,
  gradients: Tensors,
  rate: tf.Tensor,
  largestNorm: tf.Tensor | number,
  keep?: tf.Tensor,
  momentum = decay1,
): AdamState {
  const names = Object.keys(state.parameters);
  const squares = names.map((name) => tf.sum(tf.square(gradients[name]!)));
  const norm = tf.sqrt(squares.reduce((sum, square) => tf.add(sum, square)));
  const shrink = tf.div(largestNorm, tf.maximum(norm, largestNorm));
  const parameters: Record<string, tf.Tensor> = {};
  const first: Record<string, tf.Tensor> = {};
  const second: Record<string, tf.Tensor> = {};
  for (const name of names) {
    const gradient = tf.mul(gradients[name]!, shrink);
    first[name] = tf.add(tf.mul(state.first[name]!, momentum), gradient);
    second[name] = tf.add(tf.mul(state.second[name]!, decay2), tf.square(gradient));
    const step = tf.div(first[name], tf.add(tf.sqrt(second[name]), scaledEpsilon));
    const kept = keep ? tf.mul(state.parameters[name]!, keep) : state.parameters[name]!;
    parameters[name] = tf.sub(kept, tf.mul(step, rate));
  }
  return { parameters, first, second };
}
