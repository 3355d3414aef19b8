/**
 * Patch layers: an image as a grid of square patches, one row of numbers each, so that everything is a matrix product.
 * The blocks mix along the patches and along the numbers of a patch in turn (MLP-Mixer, Tolstikhin et al. 2021, with
 * relu for gelu).
 */
import * as tf from "../../tensors/core/tfjs.js";
import { dense } from "./dense.js";
import { type Layer, plainLayer, relu, residual, sequence } from "./layer.js";
import { layerNorm } from "./normalisation.js";

export interface PatchGrid {
  /** Patches along the height and the width. */
  readonly rows: number;
  readonly columns: number;
  /** Pixels along a patch's side. */
  readonly side: number;
}

/** `[batch, rows · side, columns · side, channels]` → `[batch, rows · columns, side · side · channels]`. */
export function toPatches({ rows, columns, side }: PatchGrid, channels: number): Layer {
  return plainLayer((input) => {
    const split = tf.reshape(input, [-1, rows, side, columns, side, channels]);
    return tf.reshape(tf.transpose(split, [0, 1, 3, 2, 4, 5]), [-1, rows * columns, side * side * channels]);
  });
}

/** The inverse of `toPatches`. */
export function fromPatches({ rows, columns, side }: PatchGrid, channels: number): Layer {
  return plainLayer((input) => {
    const split = tf.reshape(input, [-1, rows, columns, side, side, channels]);
    return tf.reshape(tf.transpose(split, [0, 1, 3, 2, 4, 5]), [-1, rows * side, columns * side, channels]);
  });
}

/** Patches and the numbers of a patch exchanged. */
const swapped = plainLayer((input) => tf.transpose(input, [0, 2, 1]));

/** `[batch, patches, width]` → the same: an exchange between patches, then within each. */
export function mixerBlock(name: string, patches: number, width: number): Layer {
  const exchange = (part: string, size: number) =>
    sequence(dense(`${name}.${part}.0`, size, size), relu, dense(`${name}.${part}.1`, size, size, { gain: 0.1 }));
  return sequence(
    residual(sequence(layerNorm(`${name}.across.norm`, width), swapped, exchange("across", patches), swapped)),
    residual(sequence(layerNorm(`${name}.within.norm`, width), exchange("within", width))),
  );
}
