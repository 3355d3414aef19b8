/**
 * Bijectors of R^n with parameters of their own, given an encoded context of the parents. Read from noise to value.
 *
 * Shapes: u and y `[batch, n]`; the context `[batch, c]`, null for a root; log-derivatives log|det| `[batch, 1]`.
 */
import type { Tensors } from "../../../tensors/core/engine.js";
import type * as tf from "../../../tensors/core/tfjs.js";
import type { Parameters } from "../../networks/network.js";
import type { Transformed } from "./transform.js";

export interface VectorTransform {
  readonly name: string;
  readonly parameters: Parameters;
  /** Whether elements of the value depend on several elements of the noise. */
  readonly mixes: boolean;
  forward(noise: tf.Tensor, parameters: Tensors, context: tf.Tensor | null): Transformed;
  inverse(value: tf.Tensor, parameters: Tensors, context: tf.Tensor | null): Transformed;
  /** Parameters whose start depends on the data, from a batch of values, and the batch's noise under them. */
  initialise?(
    value: tf.Tensor,
    parameters: Tensors,
    context: tf.Tensor | null,
  ): { readonly noise: tf.Tensor; readonly parameters: Tensors };
}
