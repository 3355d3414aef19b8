/**
 * How many units one call of a program takes. A tensor of a block should stay within the caches for scalars and within
 * some megabytes for images; larger blocks only cost memory.
 */

import { type BoundVariable, sizeOf } from "../../mechanisms/bound/variables.js";
import type { LoadedModel } from "../../mechanisms/loaded-model.js";

/** Elements of the widest value of a block: 2,048 images of 28 × 28 are 6 MB. */
const mostElements = 2048 * 784;
/** What a scalar's mechanism holds a row: the parameters of a spline, a layer of a conditioner. */
const leastWidth = 96;
/** Units of a block with images, whose encoders hold more than the image. */
const mostUnitsOfImages = 256;

/**
 * The units of a block: those asked for, or by default what the variables' sizes let fit; no more than there are. Where
 * in a block a unit stands may change the last bits of its answer (an engine's instructions and threads divide a tensor
 * by position), so the default depends on the model and the particles alone.
 */
export function blockOf(loaded: LoadedModel, asked: number | undefined, units: number, particles = 1): number {
  return Math.max(1, Math.min(asked ?? defaultBlock(loaded, particles), units));
}

/** Units of a block where nobody asked for another number; rows are units times particles. */
export function defaultBlock({ variables }: LoadedModel, particles = 1): number {
  // A bare image's size is known only where it is bound.
  const isBound = ({ domain }: BoundVariable) => domain.kind !== "image" || (domain.height ?? domain.width) !== null;
  const widths = [...variables.values()].filter(isBound).map(({ domain }) => sizeOf(domain));
  const widest = Math.max(leastWidth, ...widths);
  const rows = 2 ** Math.floor(Math.log2(Math.max(1, mostElements / widest)));
  const units = Math.max(1, Math.floor(rows / particles));
  return hasImages(variables) ? Math.min(units, mostUnitsOfImages) : units;
}

/** Numbers that are read, held and written at a time by default. */
const numbersAtATime = 2 ** 20;

/**
 * The units that are read, held and written at a time: at least those asked for, in whole blocks of a program, so that
 * where a unit stands in its block, and with it the last bit of its answer, does not depend on this number.
 */
export function batchOf({ variables }: LoadedModel, block: number, asked: number | undefined): number {
  let width = 0;
  for (const { domain } of variables.values()) width += domain.kind === "image" ? 784 : sizeOf(domain);
  const wanted = asked ?? Math.floor(numbersAtATime / width);
  return Math.max(1, Math.ceil(wanted / block)) * block;
}

/** Blocks from which on threads with a program each are worth their start. */
const fewestBlocks = 4;

/**
 * Whether blocks are divided among threads, rather than each operation of one block: for scalars, whose operations are
 * too small to be divided, where there are many blocks. `units` is null where nobody knows.
 */
export function isConcurrent({ variables }: LoadedModel, units: number | null, block: number): boolean {
  return !hasImages(variables) && (units === null || units >= fewestBlocks * block);
}

function hasImages(variables: LoadedModel["variables"]): boolean {
  return [...variables.values()].some(({ domain }) => domain.kind === "image");
}
