/**
 * Layers that networks of images are made of. A layer knows its learned tensors, its running averages and how to
 * compute; layers in a row are a layer. Images are `[batch, height, width, channels]` inside a network.
 */
import type { Tensors } from "../../tensors/core/engine.js";
import * as tf from "../../tensors/core/tfjs.js";
import type { ParameterSpec } from "../contract/mechanism.js";
import type { Parameters } from "./network.js";

/** One evaluation of a network. */
export interface NetworkRun {
  /** Learned tensors and running averages, by name. */
  readonly tensors: Tensors;
  /**
   * In training, where each layer leaves the statistics of its batch; null at inference, where running averages stand
   * for them.
   */
  readonly statistics: Record<string, tf.Tensor> | null;
}

export interface Layer {
  readonly parameters: Parameters;
  /** Running averages of `NetworkRun.statistics`, by the same names. */
  readonly buffers: Readonly<Record<string, ParameterSpec>>;
  apply(run: NetworkRun, input: tf.Tensor): tf.Tensor;
}

export function inferenceRun(tensors: Tensors): NetworkRun {
  return { tensors, statistics: null };
}

export function trainingRun(tensors: Tensors): NetworkRun & { readonly statistics: Record<string, tf.Tensor> } {
  return { tensors, statistics: {} };
}

/** The layers one after the other. */
export function sequence(...layers: readonly Layer[]): Layer {
  return {
    parameters: Object.assign({}, ...layers.map(({ parameters }) => parameters)),
    buffers: Object.assign({}, ...layers.map(({ buffers }) => buffers)),
    apply: (run, input) => layers.reduce((hidden, layer) => layer.apply(run, hidden), input),
  };
}

/** A layer without tensors of its own. */
export function plainLayer(apply: (input: tf.Tensor) => tf.Tensor): Layer {
  return { parameters: {}, buffers: {}, apply: (_, input) => apply(input) };
}

export const relu: Layer = plainLayer((input) => tf.relu(input));

export function leakyRelu(slope: number): Layer {
  return plainLayer((input) => tf.leakyRelu(input, slope));
}

/** What lies behind the first axis in another shape. */
export function reshapeRows(shape: readonly number[]): Layer {
  return plainLayer((input) => tf.reshape(input, [-1, ...shape]));
}

/** x + f(x). */
export function residual(inner: Layer): Layer {
  return { ...inner, apply: (run, input) => tf.add(input, inner.apply(run, input)) };
}
