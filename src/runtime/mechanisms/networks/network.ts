/**
 * Fully connected networks: the conditioners of flows, the encoder and decoder of a conditional VAE. Parameters are
 * named `<prefix>.<layer>.weight` `[in, out]` and `.bias` `[out]`.
 */
import type { Tensors } from "../../tensors/core/engine.js";
import * as tf from "../../tensors/core/tfjs.js";
import type { ParameterSpec } from "../contract/mechanism.js";

export type Parameters = Record<string, ParameterSpec>;
export type Activation = "relu" | "tanh";

const activations: Record<Activation, (input: tf.Tensor) => tf.Tensor> = {
  relu: (input) => tf.relu(input),
  tanh: (input) => tf.tanh(input),
};

/** A normal initialiser of the given standard deviation. */
export function normalParameter(shape: readonly number[], sd: number): ParameterSpec {
  const count = shape.reduce((product, size) => product * size, 1);
  return {
    shape,
    initialise: (key) => (sd === 0 ? new Float32Array(count) : key.normal(count).map((value: number) => value * sd)),
  };
}

export function constantParameter(values: readonly number[]): ParameterSpec {
  return { shape: [values.length], initialise: () => Float32Array.from(values) };
}

export interface NetworkShape {
  /** Columns that every layer sees beside its input; 0 where left out. */
  readonly context?: number;
  /** 2 for relu (He), 1 for tanh (Glorot): the variance of a layer's output in its input's. */
  readonly gain?: number;
}

/** Layer sizes from input to output; weights start normal at the gain's scale, biases at 0. */
export function networkParameters(prefix: string, sizes: readonly number[], shape: NetworkShape = {}): Parameters {
  const { context = 0, gain = 2 } = shape;
  const parameters: Parameters = {};
  for (let layer = 0; layer + 1 < sizes.length; layer++) {
    const [inputs, outputs] = [sizes[layer]! + context, sizes[layer + 1]!];
    parameters[`${prefix}.${layer}.weight`] = normalParameter([inputs, outputs], Math.sqrt(gain / Math.max(inputs, 1)));
    parameters[`${prefix}.${layer}.bias`] = normalParameter([outputs], 0);
  }
  return parameters;
}

/** One linear layer: `[batch, in]` → `[batch, out]`. */
export function linear(parameters: Tensors, name: string, input: tf.Tensor): tf.Tensor {
  const weight = parameters[`${name}.weight`] as tf.Tensor2D;
  return tf.add(tf.matMul(input as tf.Tensor2D, weight), parameters[`${name}.bias`]!);
}

/** The identity near 0, within ± limit everywhere, with a gradient everywhere. */
export function limited(value: tf.Tensor, limit: number): tf.Tensor {
  return tf.mul(tf.tanh(tf.div(value, limit)), limit);
}

/** All layers `0 … layers - 1`, each followed by the activation, each with the context beside its input. */
export function hiddenLayers(
  parameters: Tensors,
  prefix: string,
  layers: number,
  activation: Activation,
  input: tf.Tensor,
  context: tf.Tensor | null = null,
): tf.Tensor {
  let hidden = input;
  for (let layer = 0; layer < layers; layer++) {
    const seen = context ? tf.concat([hidden, context], 1) : hidden;
    hidden = activations[activation](linear(parameters, `${prefix}.${layer}`, seen));
  }
  return hidden;
}
