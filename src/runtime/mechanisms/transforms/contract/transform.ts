/**
 * Element-wise bijectors of the real line whose parameters come from a conditioner: a constant vector for a root, a
 * network of the parents otherwise. Read from noise to value, y = T(u; θ).
 *
 * Shapes: u and y `[batch, 1]`; θ `[batch, parameterCount]` or `[1, parameterCount]`; log-derivatives `[batch, 1]`.
 */
import type * as tf from "../../../tensors/core/tfjs.js";

export interface Transformed {
  readonly value: tf.Tensor;
  /** log|d output / d input| in the direction taken. */
  readonly logDerivative: tf.Tensor;
}

export interface Transform {
  readonly name: string;
  readonly parameterCount: number;
  /** Raw parameters of the identity map, or one near it, where training starts. */
  readonly identity: readonly number[];
  forward(noise: tf.Tensor, parameters: tf.Tensor): Transformed;
  inverse(value: tf.Tensor, parameters: tf.Tensor): Transformed;
}
