/**
 * The transforms of vectors and images that `flow(transform = …)` can name: coupling and autoregressive layers, the
 * multi-scale image flow, and every scalar transform element by element.
 */
import { failure } from "../../../diagnostics/diagnostic.js";
import { pixelMap } from "../../../model/catalogue/catalogue.js";
import type { OptionCall, OptionValue } from "../../../schema/types.js";
import { widthsOf } from "../contract/context.js";
import type { VectorTransform } from "./contract/vector-transform.js";
import { type ImageShape, multiscale } from "./image/multiscale.js";
import { type PixelMap, pixels } from "./image/pixels.js";
import { transformsOf } from "./registry.js";
import { autoregressive } from "./vector/autoregressive.js";
import { coupling } from "./vector/coupling.js";
import { elementwise } from "./vector/elementwise.js";

export interface VectorShape {
  readonly size: number;
  readonly contextSize: number;
  /** Of the conditioners of element-wise transforms. */
  readonly hidden: readonly number[];
  /** Null for a vector. */
  readonly image: ImageShape | null;
}

type Builder = (shape: VectorShape, options: OptionCall["options"], variable: string) => VectorTransform;

const mixing: Readonly<Record<string, Builder>> = {
  coupling: ({ size, contextSize }, options) =>
    coupling(size, contextSize, { layers: Number(options.layers ?? 4), hidden: widthsOf(options.hidden) }),
  autoregressive: ({ size, contextSize }, options) =>
    autoregressive(size, contextSize, { layers: Number(options.layers ?? 2), hidden: widthsOf(options.hidden) }),
};

const ofImages: Readonly<Record<string, Builder>> = {
  multiscale: ({ image, contextSize }, { levels, steps, hidden }, variable) =>
    multiscale(image!, contextSize, { levels: Number(levels), steps: Number(steps), hidden: Number(hidden) }, variable),
  pixels: (_, { map }) => pixels(map as PixelMap),
};

export const mixingTransformNames: readonly string[] = Object.keys(mixing);
export const imageTransformNames: readonly string[] = Object.keys(ofImages);

/** From the value of `transform`: one call or a list, applied from noise to value. */
export function vectorTransformsOf(
  option: OptionValue | undefined,
  shape: VectorShape,
  variable: string,
): VectorTransform[] {
  const given = Array.isArray(option) ? option : option === undefined ? [] : [option];
  const calls = shape.image && nameOf(given.at(-1)) !== pixelMap.call ? [...given, pixelMap] : given;
  const transforms = calls.flatMap((call) => {
    const name = nameOf(call);
    const options = typeof call === "object" && !Array.isArray(call) ? call.options : {};
    if (shape.image && Object.hasOwn(ofImages, name)) return ofImages[name]!(shape, options, variable);
    // A vector of one element has nothing to mix; the layer is left out.
    if (Object.hasOwn(mixing, name)) return shape.size < 2 ? [] : mixing[name]!(shape, options, variable);
    return transformsOf(call, variable).map((transform) =>
      elementwise(transform, shape.size, shape.contextSize, shape.hidden),
    );
  });
  if (shape.size > 1 && !transforms.some(({ mixes }) => mixes))
    throw failure(
      "7023",
      "model",
      `the flow of \`${variable}\` would leave its ${shape.size} elements independent of each other given the parents`,
      `Add layers that mix them: transform = ${shape.image ? "multiscale" : "[spline, coupling]"}.`,
    );
  return transforms;
}

function nameOf(call: OptionValue | undefined): string {
  return typeof call === "object" && !Array.isArray(call) ? call.call : "";
}
