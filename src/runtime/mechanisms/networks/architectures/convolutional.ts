/**
 * The convolutional networks of the paper's Morpho-MNIST study. Encoder: a 4 × 4 convolution of stride 2 a level, leaky
 * ReLU behind each and batch normalisation behind all but the first, a dense layer to `features`, and one that mixes
 * them with the context. Decoder: dense layers to `hidden` and to the smallest images, transposed convolutions back, 1
 * × 1 heads.
 *
 * In the paper channels = [64, 128], features = 100, hidden = 1024, and the one head (its scale is fixed) sees as many
 * maps as the image has channels. With more heads there are as many maps as they have outputs. Layers before a
 * normalisation have no bias, which it would cancel.
 */

import { convolution, normalisedConvolution, transposedConvolution } from "../convolutions.js";
import { dense } from "../dense.js";
import { type Layer, leakyRelu, relu, reshapeRows, sequence } from "../layer.js";
import { batchNorm } from "../normalisation.js";
import type { Architecture, NetworkShape } from "./architecture.js";
import { beside, headParameters, mixedEncoder, mixing, pixelHeads } from "./heads.js";

export interface ConvolutionalOptions {
  /** Channels behind each level, the outermost first. */
  readonly channels: readonly number[];
  readonly features: number;
  readonly hidden: number;
}

const slope = 0.1;
const kernel = 4;
const stride = 2;

/** Batch normalisation behind a dense layer. */
export function normalisedDense(name: string, inputs: number, outputs: number, activation: Layer): Layer {
  return sequence(dense(name, inputs, outputs, { bias: false }), batchNorm(`${name}.norm`, outputs), activation);
}

export function convolutionalArchitecture(shape: NetworkShape, options: ConvolutionalOptions): Architecture {
  const { latent, context, heads } = shape;
  const image = shape.image!;
  const { channels, features, hidden } = options;
  const factor = stride ** channels.length;
  const deepest = [image.height / factor, image.width / factor, channels.at(-1)!] as const;
  const flat = deepest[0] * deepest[1] * deepest[2];
  const pixels = image.height * image.width;
  const maps = heads.reduce((sum, { outputs }) => sum + outputs / pixels, 0);

  const down = channels.map((outputs, level) => {
    const own = { inputs: level === 0 ? image.channels : channels[level - 1]!, outputs, kernel, stride };
    const name = `encoder.${level}`;
    return level === 0
      ? sequence(convolution(name, own), leakyRelu(slope))
      : normalisedConvolution(name, own, leakyRelu(slope));
  });
  const read = sequence(
    reshapeRows([image.height, image.width, image.channels]),
    ...down,
    reshapeRows([flat]),
    normalisedDense("encoder.features", flat, features, leakyRelu(slope)),
  );
  const mix = mixing(features, context);

  const up = [...channels].reverse().map((inputs, level) => {
    const last = level === channels.length - 1;
    const own = { inputs, outputs: last ? maps : channels[channels.length - 2 - level]!, kernel, stride };
    const name = `decoder.up.${level}`;
    if (last) return transposedConvolution(name, { ...own, gain: 1 });
    return sequence(transposedConvolution(name, { ...own, bias: false }), batchNorm(`${name}.norm`, own.outputs), relu);
  });
  const draw = sequence(
    normalisedDense("decoder.0", latent + context, hidden, relu),
    normalisedDense("decoder.1", hidden, flat, relu),
    reshapeRows(deepest),
    ...up,
  );
  return {
    encoder: mixedEncoder(read, mix, features),
    decoder: {
      parameters: { ...draw.parameters, ...headParameters(heads, maps, pixels) },
      buffers: draw.buffers,
      decode: (run, z, seen) => pixelHeads(heads, run, draw.apply(run, beside(z, seen))),
    },
  };
}
