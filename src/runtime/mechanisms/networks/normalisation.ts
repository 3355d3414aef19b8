/**
 * Normalisation layers. Batch normalisation (Ioffe & Szegedy 2015) takes mean and variance over everything but the last
 * axis: of the batch in training, running averages at inference. Layer normalisation (Ba et al. 2016) takes them along
 * the last axis of each row and is the same in both.
 */
import * as tf from "../../tensors/core/tfjs.js";
import { normalised, normalisedBy, varianceFloor } from "./batch-normalisation.js";
import type { Layer } from "./layer.js";
import { constantParameter } from "./network.js";

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
        const moments = { mean: tensors[names.mean]!, variance: tensors[names.variance]! };
        return normalisedBy(moments, input, gain, shift);
      }
      const { value, mean, variance } = normalised(input, gain, shift);
      const count = input.size / channels;
      statistics[names.mean] = mean;
      // The running average is of the unbiased estimate, which does not depend on the batch's size.
      statistics[names.variance] = tf.mul(variance, count / Math.max(count - 1, 1));
      return value;
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
      const variance = tf.mean(tf.square(centred), -1, true);
      const normal = tf.mul(centred, tf.rsqrt(tf.add(variance, varianceFloor)));
      return tf.add(tf.mul(normal, tensors[`${name}.gain`]!), tensors[`${name}.shift`]!);
    },
  };
}
