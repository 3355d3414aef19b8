/**
 * Vectors and images as networks see them: x = offset + scale · y, where y is an image's grey levels over 255, or a vector in standard
 * deviations about the mean of its training elements.
 */
import * as tf from "../engine/tfjs.js";
import { type BoundVariable, sizeOf } from "../variables.js";
import { unsupportedDomain } from "./unsupported-domain.js";

const greyLevels = 255;

export interface ValueUnit {
  readonly kind: "image" | "vector";
  /** Elements of a value. */
  readonly size: number;
  /** One unit of y in units of the variable. */
  readonly scale: number;
  /** y of x, and x of y. */
  encode(value: tf.Tensor): tf.Tensor;
  decode(y: tf.Tensor): tf.Tensor;
  /** A network's output as y: through a sigmoid for an image, whose y are in (0, 1). */
  bound(output: tf.Tensor): tf.Tensor;
}

/** Throws where the variable is neither a vector nor an image; `mechanism` names the mechanism. */
export function createValueUnit(mechanism: string, variable: BoundVariable): ValueUnit {
  const { domain, normalisation } = variable;
  const isImage = domain.kind === "image";
  if (!isImage && (domain.kind !== "vector" || !normalisation))
    throw unsupportedDomain(mechanism, variable, "image and vector");
  const offset = isImage ? 0 : normalisation!.mean;
  const scale = isImage ? greyLevels : normalisation!.sd;
  return {
    kind: isImage ? "image" : "vector",
    size: sizeOf(domain),
    scale,
    encode: (value) => tf.div(tf.sub(value, offset), scale),
    decode: (y) => tf.add(tf.mul(y, scale), offset),
    bound: (output) => (isImage ? tf.sigmoid(output) : output),
  };
}
