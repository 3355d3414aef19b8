/**
 * The transforms of vectors that `flow(transform = …)` can name: coupling and autoregressive layers, and every scalar transform
 * element by element.
 */
import { failure } from "../../diagnostics/diagnostic.js";
import type { OptionCall, OptionValue } from "../../model/schema-types.js";
import { widthsOf } from "../mechanisms/context.js";
import { autoregressive } from "./autoregressive.js";
import { coupling } from "./coupling.js";
import { elementwise } from "./elementwise.js";
import { transformsOf } from "./registry.js";
import type { VectorTransform } from "./vector-transform.js";

export interface VectorShape {
  readonly size: number;
  readonly contextSize: number;
  /** Of the conditioners of element-wise transforms. */
  readonly hidden: readonly number[];
}

const builders: Readonly<Record<string, (shape: VectorShape, options: OptionCall["options"]) => VectorTransform>> = {
  coupling: ({ size, contextSize }, options) =>
    coupling(size, contextSize, { layers: Number(options.layers ?? 4), hidden: widthsOf(options.hidden) }),
  autoregressive: ({ size, contextSize }, options) =>
    autoregressive(size, contextSize, { layers: Number(options.layers ?? 2), hidden: widthsOf(options.hidden) }),
};

export const mixingTransformNames: readonly string[] = Object.keys(builders);

/** From the value of `transform`: one call or a list, applied from noise to value. */
export function vectorTransformsOf(
  option: OptionValue | undefined,
  shape: VectorShape,
  variable: string,
): VectorTransform[] {
  const calls = Array.isArray(option) ? option : option === undefined ? [] : [option];
  const transforms = calls.flatMap((call) => {
    const isCall = typeof call === "object" && !Array.isArray(call);
    // A vector of one element has nothing to mix; the layer is left out.
    if (isCall && Object.hasOwn(builders, call.call))
      return shape.size < 2 ? [] : builders[call.call]!(shape, call.options);
    return transformsOf(call, variable).map((transform) =>
      elementwise(transform, shape.size, shape.contextSize, shape.hidden),
    );
  });
  if (shape.size > 1 && !transforms.some(({ mixes }) => mixes))
    throw failure(
      "7023",
      "model",
      `the flow of \`${variable}\` would leave its ${shape.size} elements independent of each other given the parents`,
      "Add layers that mix them: transform = [spline, coupling].",
    );
  return transforms;
}
