/**
 * Affine coupling of an image's channels (Dinh, Sohl-Dickstein & Bengio 2017; Kingma & Dhariwal 2018): the first half
 * passes; from value to noise, the second becomes exp(s) y + b, where [b, s] comes from the first half by convolutions
 * 3 × 3, 1 × 1 and 3 × 3 with relu between, the parents beside it as constant channels. s is clamped to [-5, 3].
 * Training starts at the identity.
 */
import type { Tensors } from "../../../tensors/core/engine.js";
import * as tf from "../../../tensors/core/tfjs.js";
import { normalParameter, type Parameters } from "../../networks/network.js";
import type { ImageLayer } from "./image-layer.js";

const smallestLogScale = -5;
const largestLogScale = 3;

export function imageCoupling(channels: number, contextSize: number, hidden: number): ImageLayer {
  const passing = Math.floor(channels / 2);
  const changed = channels - passing;
  const inputs = passing + contextSize;
  const parameters: Parameters = {
    "0.weight": normalParameter([3, 3, inputs, hidden], Math.sqrt(2 / (9 * inputs))),
    "0.bias": normalParameter([hidden], 0),
    "1.weight": normalParameter([1, 1, hidden, hidden], Math.sqrt(2 / hidden)),
    "1.bias": normalParameter([hidden], 0),
    "2.weight": normalParameter([3, 3, hidden, 2 * changed], 0),
    "2.bias": normalParameter([2 * changed], 0),
  };

  function affineOf(kept: tf.Tensor, values: Tensors, context: tf.Tensor | null) {
    const weight = (layer: number) => values[`${layer}.weight`] as tf.Tensor4D;
    const active = (output: tf.Tensor, layer: number) => tf.relu(tf.add(output, values[`${layer}.bias`]!));
    const seen = context ? tf.concat([kept, constantChannels(context, kept)], 3) : kept;
    const first = active(tf.conv2d(seen as tf.Tensor4D, weight(0), 1, "same"), 0);
    const second = active(tf.conv2d(first as tf.Tensor4D, weight(1), 1, "same"), 1);
    const raw = tf.add(narrowingConvolution(second, weight(2)), values["2.bias"]!);
    const logScale = tf.clipByValue(channelsFrom(raw, changed, changed), smallestLogScale, largestLogScale);
    return { shift: channelsFrom(raw, 0, changed), logScale, total: sumOfImage(logScale) };
  }

  return {
    parameters,
    forward(noise, values, context) {
      const kept = channelsFrom(noise, 0, passing);
      const { shift, logScale, total } = affineOf(kept, values, context);
      const fresh = tf.mul(tf.sub(channelsFrom(noise, passing, changed), shift), tf.exp(tf.neg(logScale)));
      return { value: tf.concat([kept, fresh], 3), logDerivative: tf.neg(total) };
    },
    inverse(value, values, context) {
      const kept = channelsFrom(value, 0, passing);
      const { shift, logScale, total } = affineOf(kept, values, context);
      const fresh = tf.add(tf.mul(tf.exp(logScale), channelsFrom(value, passing, changed)), shift);
      return { value: tf.concat([kept, fresh], 3), logDerivative: total };
    },
  };
}

/**
 * A 3 × 3 convolution, zeros outside, for fewer outputs than inputs: each tap's product is taken where the input is,
 * and the nine are added up shifted, so that no patches of the wide input are made.
 */
export function narrowingConvolution(input: tf.Tensor, weight: tf.Tensor): tf.Tensor {
  const [batch, height, width, inputs] = input.shape as [number, number, number, number];
  const outputs = weight.shape[3]!;
  const taps = tf.reshape(tf.transpose(weight, [2, 0, 1, 3]), [inputs, 9 * outputs]) as tf.Tensor2D;
  const products = tf.reshape(tf.matMul(tf.reshape(input, [-1, inputs]) as tf.Tensor2D, taps), [
    batch,
    height,
    width,
    9 * outputs,
  ]);
  const border: [number, number] = [1, 1];
  return tf
    .split(products, 9, 3)
    .map((product, tap) => {
      const framed = tf.pad(product, [[0, 0], border, border, [0, 0]]);
      return tf.slice(framed, [0, Math.floor(tap / 3), tap % 3, 0], [batch, height, width, outputs]);
    })
    .reduce((sum, term) => tf.add(sum, term));
}

export function channelsFrom(image: tf.Tensor, first: number, count: number): tf.Tensor {
  return tf.slice(image, [0, 0, 0, first], [-1, -1, -1, count]);
}

function constantChannels(context: tf.Tensor, image: tf.Tensor): tf.Tensor {
  const [batch, height, width] = image.shape as [number, number, number, number];
  const size = context.shape[1]!;
  return tf.broadcastTo(tf.reshape(context, [batch, 1, 1, size]), [batch, height, width, size]);
}

function sumOfImage(image: tf.Tensor): tf.Tensor {
  return tf.sum(tf.reshape(image, [image.shape[0]!, -1]), 1, true);
}
