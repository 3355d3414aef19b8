/** Fully connected layers: along the last axis, whatever lies before it. */
import * as tf from "../../tensors/core/tfjs.js";
import type { Layer } from "./layer.js";
import { linear, normalParameter } from "./network.js";

export interface DenseShape {
  /** Variance of the outputs in that of the inputs when training starts: 2 before a relu (He), 1 before nothing. */
  readonly gain?: number;
  /** Whether there is a bias; a normalisation that follows would cancel it. */
  readonly bias?: boolean;
}

/** y = x W + b: `[…, inputs]` → `[…, outputs]`. */
export function dense(
  name: string,
  inputs: number,
  outputs: number,
  { gain = 2, bias = true }: DenseShape = {},
): Layer {
  const weight = normalParameter([inputs, outputs], Math.sqrt(gain / inputs));
  return {
    parameters: {
      [`${name}.weight`]: weight,
      ...(bias ? { [`${name}.bias`]: normalParameter([outputs], 0) } : {}),
    },
    buffers: {},
    apply({ tensors }, input) {
      const rows = tf.reshape(input, [-1, inputs]);
      const product = bias
        ? linear(tensors, name, rows)
        : tf.matMul(rows as tf.Tensor2D, tensors[`${name}.weight`] as tf.Tensor2D);
      return tf.reshape(product, [...input.shape.slice(0, -1), outputs]);
    },
  };
}
