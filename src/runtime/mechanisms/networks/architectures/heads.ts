/**
 * The last layers of encoders and decoders: where the context joins, and the linear maps that a decoder's heads are.
 */
import * as tf from "../../../tensors/core/tfjs.js";
import { dense } from "../dense.js";
import { type Layer, type NetworkRun, relu, sequence } from "../layer.js";
import { constantParameter, normalParameter, type Parameters } from "../network.js";
import type { Encoder, Head } from "./architecture.js";

/** The context beside the features. */
export function beside(features: tf.Tensor, context: tf.Tensor | null): tf.Tensor {
  return context ? tf.concat([features, context], 1) : features;
}

/** Features and context, mixed by one layer: `[rows, features + context]` → `[rows, features]`. */
export function mixing(features: number, context: number): Layer {
  return sequence(dense("encoder.mix", features + context, features), relu);
}

/** Linear maps from `inputs` numbers to `outputs / places` numbers of each head. */
export function headParameters(heads: readonly Head[], inputs: number, places: number): Parameters {
  const parameters: Parameters = {};
  for (const { name, outputs, spread, initial } of heads) {
    const own = outputs / places;
    parameters[`${name}.weight`] = normalParameter([inputs, own], spread / Math.sqrt(inputs));
    parameters[`${name}.bias`] = constantParameter(new Array<number>(own).fill(initial));
  }
  return parameters;
}

/** Each head at every place: `[rows, …, inputs]` → by head `[rows · …, outputs / places]`. */
export function applyHeads(heads: readonly Head[], { tensors }: NetworkRun, features: tf.Tensor) {
  const inputs = features.shape.at(-1)!;
  const flat = tf.reshape(features, [-1, inputs]) as tf.Tensor2D;
  return Object.fromEntries(
    heads.map(({ name }) => {
      const product = tf.matMul(flat, tensors[`${name}.weight`] as tf.Tensor2D);
      return [name, tf.add(product, tensors[`${name}.bias`]!)] as const;
    }),
  );
}

/** The heads of every pixel, by 1 × 1 convolutions: `[rows, height, width, maps]` → by head `[rows, outputs]`. */
export function pixelHeads(heads: readonly Head[], run: NetworkRun, maps: tf.Tensor) {
  const outputs = applyHeads(heads, run, maps);
  return Object.fromEntries(heads.map(({ name, outputs: count }) => [name, tf.reshape(outputs[name]!, [-1, count])]));
}

/** An encoder that reads the value alone, and mixes what it finds with the context last. */
export function mixedEncoder(read: Layer, mix: Layer, features: number): Encoder {
  return {
    parameters: { ...read.parameters, ...mix.parameters },
    buffers: read.buffers,
    features,
    encode: (run, value, seen) => mix.apply(run, beside(read.apply(run, value), seen)),
  };
}
