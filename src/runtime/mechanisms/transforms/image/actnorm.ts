/**
 * Activation normalisation (Kingma & Dhariwal 2018): from value to noise, u = exp(s_c) y + b_c in channel c. Where
 * training starts, the channels of a first batch have mean 0 and variance 1: s = -log sd, b = -mean / sd, over the
 * batch and all positions.
 */
import * as tf from "../../../tensors/core/tfjs.js";
import { normalParameter } from "../../networks/network.js";
import { type ImageLayer, overPositions } from "./image-layer.js";

/** A channel that is constant in the first batch keeps a finite scale. */
const smallestSd = 1e-6;

export function actnorm(channels: number): ImageLayer {
  return {
    parameters: { log_scale: normalParameter([channels], 0), shift: normalParameter([channels], 0) },
    forward(noise, { log_scale: logScale, shift }) {
      const value = tf.mul(tf.sub(noise, shift!), tf.exp(tf.neg(logScale!)));
      return { value, logDerivative: tf.neg(overPositions(logScale!, noise)) };
    },
    inverse(value, { log_scale: logScale, shift }) {
      const noise = tf.add(tf.mul(tf.exp(logScale!), value), shift!);
      return { value: noise, logDerivative: overPositions(logScale!, value) };
    },
    initialise(value) {
      const [batch, height, width] = value.shape as [number, number, number, number];
      const count = batch * height * width;
      const mean = tf.mean(value, [0, 1, 2]);
      const squares = tf.sum(tf.square(tf.sub(value, mean)), [0, 1, 2]);
      const sd = tf.maximum(tf.sqrt(tf.div(squares, Math.max(count - 1, 1))), smallestSd);
      return { log_scale: tf.neg(tf.log(sd)), shift: tf.neg(tf.div(mean, sd)) };
    },
  };
}
