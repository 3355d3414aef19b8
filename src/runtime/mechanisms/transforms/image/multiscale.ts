/**
 * The multi-scale image flow of Dinh, Sohl-Dickstein & Bengio (2017) with the steps of Kingma & Dhariwal (2018). From
 * value to noise, each level squeezes the image, applies its steps (activation normalisation, invertible 1 × 1
 * convolution, affine coupling with a convolutional conditioner), and half of the channels leaves as noise; the last
 * level's leaves whole. As a transform it takes and gives rows `[batch, h w c]`; the noise lists what leaves, level by
 * level.
 */
import { failure } from "../../../../diagnostics/diagnostic.js";
import type { Tensors } from "../../../tensors/core/engine.js";
import * as tf from "../../../tensors/core/tfjs.js";
import type { Parameters } from "../../networks/network.js";
import { prefixed, under } from "../contract/parameter-names.js";
import type { Transformed } from "../contract/transform.js";
import type { VectorTransform } from "../contract/vector-transform.js";
import { actnorm } from "./actnorm.js";
import { channelMixing } from "./channel-mixing.js";
import { channelsFrom, imageCoupling } from "./image-coupling.js";
import type { ImageLayer } from "./image-layer.js";
import { squeeze, unsqueeze } from "./squeeze.js";

export interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

export interface MultiscaleOptions {
  readonly levels: number;
  readonly steps: number;
  /** Channels of the conditioners' hidden layers. */
  readonly hidden: number;
}

interface Level {
  /** Of the squeezed image. */
  readonly shape: ImageShape;
  /** Channels that leave as noise after this level. */
  readonly leaving: number;
  readonly layers: readonly { readonly name: string; readonly layer: ImageLayer }[];
}

function levelsOf(image: ImageShape, contextSize: number, options: MultiscaleOptions, variable: string): Level[] {
  let { height, width, channels } = image;
  return Array.from({ length: options.levels }, (_, k) => {
    if (height % 2 !== 0 || width % 2 !== 0)
      throw failure(
        "7024",
        "model",
        `the flow of \`${variable}\` halves its image ${options.levels} times, and ${image.height} × ${image.width} is even only ${k} times`,
        k > 0
          ? `Ask for fewer levels: transform = multiscale(levels = ${k}).`
          : "Use layers without convolutions: transform = coupling.",
      );
    const shape = { height: height / 2, width: width / 2, channels: 4 * channels };
    const leaving = k + 1 < options.levels ? shape.channels / 2 : shape.channels;
    ({ height, width } = shape);
    channels = shape.channels - leaving;
    return { shape, leaving, layers: stepsOf(shape.channels, contextSize, options, k) };
  });
}

/** In the order from value to noise. */
function stepsOf(channels: number, contextSize: number, { steps, hidden }: MultiscaleOptions, level: number) {
  return Array.from({ length: steps }, (_, step) => [
    { name: `${level}.${step}.actnorm`, layer: actnorm(channels) },
    { name: `${level}.${step}.mixing`, layer: channelMixing(channels) },
    { name: `${level}.${step}.coupling`, layer: imageCoupling(channels, contextSize, hidden) },
  ]).flat();
}

export function multiscale(
  image: ImageShape,
  contextSize: number,
  options: MultiscaleOptions,
  variable: string,
): VectorTransform {
  const levels = levelsOf(image, contextSize, options, variable);
  const { height, width, channels } = image;

  function inverse(value: tf.Tensor, context: tf.Tensor | null, parametersOf: LayerParameters): Transformed {
    const batch = value.shape[0]!;
    let current = tf.reshape(value, [batch, height, width, channels]) as tf.Tensor;
    let logDerivative: tf.Tensor = tf.zeros([batch, 1]);
    const noises: tf.Tensor[] = [];
    for (const { shape, leaving, layers } of levels) {
      current = squeeze(current);
      for (const { name, layer } of layers) {
        const step = layer.inverse(current, parametersOf(name, layer, current), context);
        current = step.value;
        logDerivative = tf.add(logDerivative, step.logDerivative);
      }
      const kept = shape.channels - leaving;
      noises.push(tf.reshape(channelsFrom(current, kept, leaving), [batch, -1]));
      if (kept > 0) current = channelsFrom(current, 0, kept);
    }
    return { value: noises.length === 1 ? noises[0]! : tf.concat(noises, 1), logDerivative };
  }

  function forward(noise: tf.Tensor, parameters: Tensors, context: tf.Tensor | null): Transformed {
    const batch = noise.shape[0]!;
    let end = noise.shape[1]!;
    let current: tf.Tensor | null = null;
    let logDerivative: tf.Tensor = tf.zeros([batch, 1]);
    for (const { shape, leaving, layers } of [...levels].reverse()) {
      const count = shape.height * shape.width * leaving;
      const own = tf.reshape(tf.slice(noise, [0, end - count], [-1, count]), [
        batch,
        shape.height,
        shape.width,
        leaving,
      ]);
      end -= count;
      let whole: tf.Tensor = current ? tf.concat([current, own], 3) : own;
      for (const { name, layer } of [...layers].reverse()) {
        const step = layer.forward(whole, under(parameters, name), context);
        whole = step.value;
        logDerivative = tf.add(logDerivative, step.logDerivative);
      }
      current = unsqueeze(whole);
    }
    return { value: tf.reshape(current!, [batch, -1]), logDerivative };
  }

  return {
    name: "multiscale",
    parameters: Object.assign(
      {},
      ...levels.flatMap(({ layers }) => layers.map(({ name, layer }) => prefixed(layer.parameters, name))),
    ) as Parameters,
    mixes: true,
    forward,
    inverse: (value, parameters, context) => inverse(value, context, (name) => under(parameters, name)),
    initialise(value, parameters, context) {
      const fresh: Record<string, tf.Tensor> = {};
      const { value: noise } = inverse(value, context, (name, layer, current) => {
        const own = layer.initialise?.(current) ?? {};
        for (const [part, tensor] of Object.entries(own)) fresh[`${name}.${part}`] = tensor;
        return { ...under(parameters, name), ...own };
      });
      return { noise, parameters: fresh };
    },
  };
}

/** The parameters of a layer, given what has reached it. */
type LayerParameters = (name: string, layer: ImageLayer, current: tf.Tensor) => Tensors;
