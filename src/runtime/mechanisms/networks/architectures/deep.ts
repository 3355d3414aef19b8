/**
 * Deep convolutional networks, as for the paper's brain images: a level has `blocks` 3 × 3 convolutions, each with
 * batch normalisation and leaky ReLU, and halves the image (the encoder's last convolution has stride 2) or doubles it
 * (the decoder repeats pixels before its first). The paper's study has three convolutions on each of five levels; the
 * channels double from 16.
 */
import { normalisedConvolution, upSample } from "../convolutions.js";
import { leakyRelu, reshapeRows, sequence } from "../layer.js";
import type { Architecture, NetworkShape } from "./architecture.js";
import { normalisedDense } from "./convolutional.js";
import { beside, headParameters, mixedEncoder, mixing, pixelHeads } from "./heads.js";

export interface DeepOptions {
  /** Channels of each level, the outermost first. */
  readonly channels: readonly number[];
  /** Convolutions a level. */
  readonly blocks: number;
  readonly features: number;
}

const activation = leakyRelu(0.1);
const kernel = 3;

export function deepArchitecture(shape: NetworkShape, options: DeepOptions): Architecture {
  const { latent, context, heads } = shape;
  const image = shape.image!;
  const { channels, blocks, features } = options;
  const factor = 2 ** channels.length;
  const deepest = [image.height / factor, image.width / factor, channels.at(-1)!] as const;
  const flat = deepest[0] * deepest[1] * deepest[2];

  const level = (name: string, inputs: number, outputs: number, stride: number) =>
    sequence(
      ...Array.from({ length: blocks }, (_, block) => {
        const own = { inputs: block === 0 ? inputs : outputs, outputs, kernel };
        return normalisedConvolution(
          `${name}.${block}`,
          { ...own, stride: block === blocks - 1 ? stride : 1 },
          activation,
        );
      }),
    );
  const read = sequence(
    reshapeRows([image.height, image.width, image.channels]),
    ...channels.map((outputs, k) => level(`encoder.${k}`, channels[k - 1] ?? image.channels, outputs, 2)),
    reshapeRows([flat]),
    normalisedDense("encoder.features", flat, features, activation),
  );
  const mix = mixing(features, context);
  const draw = sequence(
    normalisedDense("decoder.features", latent + context, flat, activation),
    reshapeRows(deepest),
    ...[...channels]
      .reverse()
      .map((inputs, k) =>
        sequence(upSample(2), level(`decoder.${k}`, inputs, channels[channels.length - 2 - k] ?? channels[0]!, 1)),
      ),
  );
  return {
    encoder: mixedEncoder(read, mix, features),
    decoder: {
      parameters: { ...draw.parameters, ...headParameters(heads, channels[0]!, image.height * image.width) },
      buffers: draw.buffers,
      decode: (run, z, seen) => pixelHeads(heads, run, draw.apply(run, beside(z, seen))),
    },
  };
}
