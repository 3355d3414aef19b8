/**
 * Squeeze (Dinh, Sohl-Dickstein & Bengio 2017): each 2 × 2 block of pixels becomes four channels of one pixel, so that
 * layers which mix channels mix neighbours. Channel c of the pixel (dy, dx) in a block becomes channel 4 c + 2 dy + dx.
 * A permutation.
 */
import * as tf from "../../../tensors/core/tfjs.js";

/** `[batch, h, w, c]` → `[batch, h / 2, w / 2, 4 c]`, h and w even. */
export function squeeze(image: tf.Tensor): tf.Tensor {
  const [batch, height, width, channels] = image.shape as [number, number, number, number];
  const blocks = tf.reshape(image, [batch, height / 2, 2, width / 2, 2, channels]);
  return tf.reshape(tf.transpose(blocks, [0, 1, 3, 5, 2, 4]), [batch, height / 2, width / 2, 4 * channels]);
}

/** The inverse of `squeeze`. */
export function unsqueeze(image: tf.Tensor): tf.Tensor {
  const [batch, height, width, channels] = image.shape as [number, number, number, number];
  const blocks = tf.reshape(image, [batch, height, width, channels / 4, 2, 2]);
  return tf.reshape(tf.transpose(blocks, [0, 1, 4, 2, 5, 3]), [batch, height * 2, width * 2, channels / 4]);
}
