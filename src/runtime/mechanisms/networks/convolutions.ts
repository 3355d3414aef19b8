/**
 * Convolutional layers on `[batch, height, width, channels]`, zeros around the image, sizes a multiple of the stride.
 */
import * as tf from "../../tensors/core/tfjs.js";
import { type Layer, plainLayer, sequence } from "./layer.js";
import { normalParameter, type Parameters } from "./network.js";
import { batchNorm } from "./normalisation.js";

export interface ConvolutionShape {
  readonly inputs: number;
  readonly outputs: number;
  /** Rows and columns of the filter. */
  readonly kernel: number;
  readonly stride?: number;
  /** Variance of the outputs in that of the inputs when training starts; 2 by default, for a relu behind it. */
  readonly gain?: number;
  /** Whether there is a bias; a normalisation that follows would cancel it. */
  readonly bias?: boolean;
}

function parametersOf(name: string, filter: readonly number[], sd: number, biases: number): Parameters {
  return {
    [`${name}.filter`]: normalParameter(filter, sd),
    ...(biases > 0 ? { [`${name}.bias`]: normalParameter([biases], 0) } : {}),
  };
}

/** `[batch, h, w, inputs]` → `[batch, h / stride, w / stride, outputs]`. */
export function convolution(name: string, shape: ConvolutionShape): Layer {
  const { inputs, outputs, kernel, stride = 1, gain = 2, bias = true } = shape;
  const sd = Math.sqrt(gain / (kernel * kernel * inputs));
  return {
    parameters: parametersOf(name, [kernel, kernel, inputs, outputs], sd, bias ? outputs : 0),
    buffers: {},
    apply({ tensors }, input) {
      const filter = tensors[`${name}.filter`] as tf.Tensor4D;
      const result = tf.conv2d(input as tf.Tensor4D, filter, stride, "same");
      return bias ? tf.add(result, tensors[`${name}.bias`]!) : result;
    },
  };
}

/**
 * `[batch, h, w, inputs]` → `[batch, h · stride, w · stride, outputs]`. The filter is `[kernel, kernel, outputs,
 * inputs]`.
 */
export function transposedConvolution(name: string, shape: ConvolutionShape): Layer {
  const { inputs, outputs, kernel, stride = 1, gain = 2, bias = true } = shape;
  // An output pixel sees every stride-th tap of the filter along each axis.
  const sd = Math.sqrt((gain * stride * stride) / (kernel * kernel * inputs));
  return {
    parameters: parametersOf(name, [kernel, kernel, outputs, inputs], sd, bias ? outputs : 0),
    buffers: {},
    apply({ tensors }, input) {
      const [batch, height, width] = input.shape as [number, number, number];
      const result = tf.conv2dTranspose(
        input as tf.Tensor4D,
        tensors[`${name}.filter`] as tf.Tensor4D,
        [batch, height * stride, width * stride, outputs],
        stride,
        "same",
      );
      return bias ? tf.add(result, tensors[`${name}.bias`]!) : result;
    },
  };
}

/** Every pixel `factor` times along both axes. */
export function upSample(factor: number): Layer {
  return plainLayer((input) => {
    const [batch, height, width, channels] = input.shape as [number, number, number, number];
    const split = tf.reshape(input, [batch, height, 1, width, 1, channels]);
    const repeated = tf.tile(split, [1, 1, factor, 1, factor, 1]);
    return tf.reshape(repeated, [batch, height * factor, width * factor, channels]);
  });
}

/** Convolution, batch normalisation, activation. */
export function normalisedConvolution(name: string, shape: Omit<ConvolutionShape, "bias">, activation: Layer): Layer {
  return sequence(convolution(name, { ...shape, bias: false }), batchNorm(`${name}.norm`, shape.outputs), activation);
}
