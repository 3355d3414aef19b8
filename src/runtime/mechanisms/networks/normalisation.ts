/**
 * Normalisation layers. Batch normalisation (Ioffe & Szegedy 2015) takes mean and variance over everything but the last axis: of
 * the batch in training, running averages at inference. Layer normalisation (Ba et al. 2016) takes them along the last axis
 * of each row and is the same in both.
 */
import * as tf from "../../engine/tfjs.js";
import { constantParameter } from "../network.js";
import type { Layer } from "./layer.js";

/** Added to a variance, so that a channel that never varies is not divided by 0. */
const epsilon = 1e-5;

const filled = (size: number, value: number) => constantParameter(new Array<number>(size).fill(value));

/** y = gain (x - mean) / sd + shift by channel: `[…, channels]` → the same. */
export function batchNorm(name: string, channels: number): Layer {
  const names = { mean: `${name}.running_mean`, variance: `${name}.running_variance` };
  return {
    parameters: { [`${name}.gain`]: filled(channels, 1), [`${name}.shift`]: filled(channels, 0) },
    buffers: { [names.mean]: filled(channels, 0), [names.variance]: filled(channels, 1) },
    apply({ tensors, statistics }, input) {
      const gain = tensors[`${name}.gain`]!;
      const shift = tensors[`${name}.shift`]!;
      if (!statistics) {
        const scale = tf.mul(gain, inverseRoot(tensors[names.variance]!));
        return tf.add(tf.mul(input, scale), tf.sub(shift, tf.mul(tensors[names.mean]!, scale)));
      }
      const rows = tf.reshape(input, [-1, channels]);
      const mean = tf.mean(rows, 0);
      const centred = tf.sub(rows, mean);
      const variance = tf.mean(tf.square(centred), 0);
      const count = rows.shape[0]!;
      statistics[names.mean] = mean;
      // The running average is of the unbiased estimate, which does not depend on the batch's size.
      statistics[names.variance] = tf.mul(variance, count / Math.max(count - 1, 1));
      const normal = tf.add(tf.mul(centred, tf.mul(gain, inverseRoot(variance))), shift);
      return tf.reshape(normal, input.shape);
    },
  };
}

/** y = gain (x - mean) / sd + shift along the last axis: `[…, size]` → the same. */
export function layerNorm(name: string, size: number): Layer {
  return {
    parameters: { [`${name}.gain`]: filled(size, 1), [`${name}.shift`]: filled(size, 0) },
    buffers: {},
    apply({ tensors }, input) {
      const centred = tf.sub(input, tf.mean(input, -1, true));
      const normal = tf.mul(centred, inverseRoot(tf.mean(tf.square(centred), -1, true)));
      return tf.add(tf.mul(normal, tensors[`${name}.gain`]!), tensors[`${name}.shift`]!);
    },
  };
}

function inverseRoot(variance: tf.Tensor): tf.Tensor {
  return tf.rsqrt(tf.add(variance, epsilon));
}
