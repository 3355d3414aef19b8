/**
 * Layers of an image flow, read from noise to value like every transform. An image inside a flow is `[batch, h, w,
 * channels]`; a context of the parents is `[batch, c]`, null for a root; log-determinants are `[batch, 1]`, in the
 * direction taken.
 */
import type { Tensors } from "../../../tensors/core/engine.js";
import * as tf from "../../../tensors/core/tfjs.js";
import type { Parameters } from "../../networks/network.js";
import type { Transformed } from "../contract/transform.js";

export interface ImageLayer {
  readonly parameters: Parameters;
  forward(noise: tf.Tensor, parameters: Tensors, context: tf.Tensor | null): Transformed;
  inverse(value: tf.Tensor, parameters: Tensors, context: tf.Tensor | null): Transformed;
  /** Where training starts, for parameters that depend on the data: from a batch of the layer's values. */
  initialise?(value: tf.Tensor): Tensors;
}

/** `[batch, 1]` of a number per channel, `[channels]`, that acts on every position of an image. */
export function overPositions(perChannel: tf.Tensor, image: tf.Tensor): tf.Tensor {
  const [batch, height, width] = image.shape as [number, number, number, number];
  return tf.add(tf.zeros([batch, 1]), tf.mul(tf.sum(perChannel), height * width));
}
