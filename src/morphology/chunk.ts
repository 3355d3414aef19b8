/**
 * A run of consecutive images of a batch with their operator calls, as one worker receives and returns it. Errors about
 * an image travel as data, since error classes do not survive the transfer between threads.
 */
import { MorphologyError } from "./errors.js";
import { applyOperators, type ImageOperatorCall } from "./operators.js";
import type { MorphologyMode } from "./thickness.js";

export interface Chunk {
  /** The images one after the other, each height × width, row by row. */
  readonly images: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly calls: readonly ImageOperatorCall[];
  readonly mode: MorphologyMode;
}

export interface ChunkFailure {
  /** Row within the chunk. */
  readonly row: number;
  readonly reason: string;
}

export type ChunkResult =
  | { readonly images: Uint8Array; readonly failure?: undefined }
  | { readonly failure: ChunkFailure };

/** Applies the calls to every image of a chunk; stops at the first that fails. */
export function processChunk({ images, height, width, calls, mode }: Chunk): ChunkResult {
  const size = height * width;
  const result = new Uint8Array(images.length);
  try {
    for (let row = 0; row < images.length / size; row++) {
      const image = images.subarray(row * size, (row + 1) * size);
      result.set(applyOperators(image, height, width, calls, row, mode), row * size);
    }
  } catch (error) {
    if (error instanceof MorphologyError && error.row !== undefined) {
      return { failure: { row: error.row, reason: error.reason } };
    }
    throw error;
  }
  return { images: result };
}
