/**
 * A dense conditional VAE of 3.8 million weights, for timing training: encoder 786–1024–1024–40 (means and
 * log-variances of twenty latents), decoder 22–1024–1024–784, two parents beside the input of each, pixels normal with
 * a fixed variance.
 */

import type { Trainable } from "../../src/runtime/fitting/steps/training-program.js";
import { standard } from "../../src/runtime/mechanisms/contract/mechanism.js";
import { hiddenLayers, linear, networkParameters } from "../../src/runtime/mechanisms/networks/network.js";
import type { Tensors } from "../../src/runtime/tensors/core/engine.js";
import * as tf from "../../src/runtime/tensors/core/tfjs.js";

export interface DenseSizes {
  readonly pixels: number;
  readonly hidden: number;
  readonly latent: number;
  readonly batch: number;
}

export const denseSizes: DenseSizes = { pixels: 784, hidden: 1024, latent: 20, batch: 256 };

const parents = 2;
const logVariance = -2;

export function denseVae({ pixels, hidden, latent }: DenseSizes): Trainable {
  const network = (prefix: string, tensors: Tensors, input: tf.Tensor, context: tf.Tensor) =>
    linear(tensors, `${prefix}.2`, hiddenLayers(tensors, prefix, 2, "relu", tf.concat([input, context], 1)));
  return {
    parameters: {
      ...networkParameters("encoder", [pixels + parents, hidden, hidden, 2 * latent]),
      ...networkParameters("decoder", [latent + parents, hidden, hidden, pixels]),
    },
    draws: { posterior: { size: latent, distribution: "normal", parameters: standard } },
    loss(parameters, value, { context }, { posterior }) {
      const image = tf.div(value, 255);
      const both = network("encoder", parameters, image, context!);
      const [mean, logVariances] = tf.split(both, 2, 1) as [tf.Tensor, tf.Tensor];
      const z = tf.add(mean, tf.mul(tf.exp(tf.mul(logVariances, 0.5)), posterior!));
      const location = network("decoder", parameters, z, context!);
      const squares = tf.mul(tf.square(tf.sub(image, location)), Math.exp(-logVariance));
      const reconstruction = tf.sum(tf.mul(tf.add(squares, logVariance + Math.log(2 * Math.PI)), 0.5), 1);
      const variances = tf.add(tf.exp(logVariances), tf.square(mean));
      const divergence = tf.mul(tf.sum(tf.sub(variances, tf.add(logVariances, 1)), 1), 0.5);
      return tf.mean(tf.add(reconstruction, divergence));
    },
  };
}
