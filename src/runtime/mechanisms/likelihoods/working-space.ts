/**
 * Where loc + scale · u lives: the space between a variable's own unit and what networks are good at, and the map
 * between the two.
 *
 * - vector: standardised by the training mean and standard deviation over all elements;
 * - image, `pixels = linear`: grey levels over 255, loc in (0, 1). The density is of a real number at a recorded grey
 *   level;
 * - image, `pixels = realnvp` (as in the paper): logits of the place of v in [0, 256), where a recorded grey level x
 *   stands for all v in
 *   [x, x + 1). A draw places v there (dequantisation), in training as in abduction; x = ⌊v⌋ comes back exactly.
 */

import { unsupportedDomain } from "../../../model/catalogue/unsupported-domain.js";
import * as tf from "../../tensors/core/tfjs.js";
import type { BoundVariable } from "../bound/variables.js";
import { sizeOf } from "../bound/variables.js";
import { repeatRows } from "../contract/context.js";
import { type DrawSpec, standard } from "../contract/mechanism.js";
import { pixels } from "../transforms/image/pixels.js";

export interface WorkingSpace {
  /** Whether the likelihood needs a draw for the place within a grey level, `dequantisation`. */
  readonly draws: Readonly<Record<string, DrawSpec>>;
  /** What an encoder sees: `[batch, size]`. */
  encode(value: tf.Tensor): tf.Tensor;
  /** y of x, and log|det dy/dx| `[rows]`. Rows of x are repeated for several draws. */
  toSpace(value: tf.Tensor, rows: number, draws: Readonly<Record<string, tf.Tensor>>, margin?: number): Mapped;
  /** x of y. */
  fromSpace(real: tf.Tensor): tf.Tensor;
  /** loc of a decoder's raw output. */
  loc(raw: tf.Tensor): tf.Tensor;
  /** The scale is above `floor`, smoothly, and starts at `initial`. */
  readonly scale: { readonly floor: number; readonly initial: number };
}

export interface Mapped {
  readonly value: tf.Tensor;
  readonly logDerivative: tf.Tensor;
}

const greyLevels = 255;
/** An abducted v keeps this distance from the ends of its grey level, more than rounding takes. */
export const cellMargin = 2 ** -7;

export function workingSpace(kind: string, variable: BoundVariable, pixelMap: string | undefined): WorkingSpace {
  const { domain, normalisation } = variable;
  if (domain.kind === "image")
    return pixelMap === "realnvp"
      ? logitSpace(sizeOf(domain))
      : affineSpace(sizeOf(domain), 0, greyLevels, tf.sigmoid, imageScale);
  if (domain.kind !== "vector" || !normalisation) throw unsupportedDomain(kind, variable, "vector and image");
  return affineSpace(sizeOf(domain), normalisation.mean, normalisation.sd, (raw) => raw, vectorScale);
}

/**
 * The floor is one grey level: x is recorded in 8 bits, and an unbounded density at the pixels that are always black
 * would swamp the rest. The scale starts near the spread of a pixel at a stroke's edge.
 */
const imageScale = { floor: 1 / greyLevels, initial: 0.15 };
/** Below a thousandth of the standard deviation an element is as good as deterministic. */
const vectorScale = { floor: 1e-3, initial: 0.5 };
/** In logits; a grey level is at least 0.015 wide there. */
const logitScale = { floor: 0.01, initial: 1 };

function affineSpace(
  size: number,
  offset: number,
  unit: number,
  loc: WorkingSpace["loc"],
  scale: WorkingSpace["scale"],
): WorkingSpace {
  const encode = (value: tf.Tensor) => tf.div(tf.sub(value, offset), unit);
  return {
    draws: {},
    encode,
    toSpace: (value, rows) => ({
      value: repeatRows(encode(value), rows / value.shape[0]!),
      logDerivative: tf.fill([rows], -size * Math.log(unit)),
    }),
    fromSpace: (real) => tf.add(tf.mul(real, unit), offset),
    loc,
    scale,
  };
}

function logitSpace(size: number): WorkingSpace {
  const map = pixels("realnvp");
  return {
    draws: { dequantisation: { size, distribution: "uniform", parameters: standard } },
    encode: (value) => tf.div(value, greyLevels),
    toSpace(value, rows, draws, margin = 0) {
      const place = tf.add(tf.mul(draws.dequantisation!, 1 - 2 * margin), margin);
      const level = tf.add(repeatRows(value, rows / value.shape[0]!), place);
      const mapped = map.inverse(level, {}, null);
      return { value: mapped.value, logDerivative: tf.reshape(mapped.logDerivative, [-1]) };
    },
    fromSpace: (real) => tf.clipByValue(tf.floor(map.forward(real, {}, null).value), 0, greyLevels),
    loc: (raw) => raw,
    scale: logitScale,
  };
}
