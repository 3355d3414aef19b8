/**
 * Applies image operators to a batch of images on all cores: the batch is cut into chunks that worker threads take in
 * order. The result does not depend on the number of threads, and neither does the error, which names the first row
 * that fails. Arguments and blank images are checked before any work starts.
 */
import { availableParallelism } from "node:os";
import { type Chunk, type ChunkResult, processChunk } from "./chunk.js";
import { MorphologyError, noInk } from "./errors.js";
import { argumentProblem, type ImageOperatorCall, imageOperators } from "./operators.js";
import { withThreads } from "./shared-pool.js";
import type { MorphologyMode } from "./thickness.js";

export interface ImageBatch {
  /** n images one after the other, each height × width, row by row, grey levels 0..255. */
  readonly images: Uint8Array;
  readonly height: number;
  readonly width: number;
  /** Applied in this order; every `arguments` has one entry per image. */
  readonly calls: readonly ImageOperatorCall[];
  readonly mode: MorphologyMode;
}

export interface PoolOptions {
  /** Called after each chunk with the number of finished images. */
  readonly onProgress?: (done: number, total: number) => void;
  /** The number of worker threads; by default the number of cores. */
  readonly threads?: number;
}

/** Images that a thread takes at a time: few enough that all threads end a batch at about the same time. */
const chunkLength = 32;

/**
 * The batch with the calls applied: n images, flat. Throws a RangeError if lengths do not fit together, and a
 * MorphologyError that names the first row that cannot be processed.
 */
export async function applyToBatch(batch: ImageBatch, options: PoolOptions = {}): Promise<Uint8Array> {
  checkLengths(batch);
  checkRows(batch);
  const threads = options.threads ?? availableParallelism();
  return withThreads(threads, batch.images.length / (batch.height * batch.width), (run) =>
    run ? collect(batch, threads, run, options) : collect(batch, 1, async (chunk) => processChunk(chunk), options),
  );
}

/** Runs `handle` over the chunks, `lanes` at a time and in order, and joins the results. */
async function collect(
  batch: ImageBatch,
  lanes: number,
  handle: (chunk: Chunk) => Promise<ChunkResult>,
  { onProgress }: PoolOptions,
): Promise<Uint8Array> {
  const size = batch.height * batch.width;
  const total = batch.images.length / size;
  const result = new Uint8Array(batch.images.length);
  const failures: { row: number; reason: string }[] = [];
  let next = 0;
  let done = 0;
  const lane = async (): Promise<void> => {
    while (next < total && failures.length === 0) {
      const start = next;
      next = Math.min(total, start + chunkLength);
      const end = next;
      const outcome = await handle(cutChunk(batch, start, end));
      if (outcome.failure !== undefined) {
        failures.push({ row: start + outcome.failure.row, reason: outcome.failure.reason });
        return;
      }
      result.set(outcome.images, start * size);
      done += end - start;
      onProgress?.(done, total);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  failures.sort((a, b) => a.row - b.row);
  if (failures[0] !== undefined) throw new MorphologyError(failures[0].reason, failures[0].row);
  return result;
}

/** A copy of rows start..end - 1 with their arguments. */
function cutChunk({ images, height, width, calls, mode }: ImageBatch, start: number, end: number): Chunk {
  const size = height * width;
  return {
    images: new Uint8Array(images.subarray(start * size, end * size)),
    height,
    width,
    calls: calls.map((call) => ({ operator: call.operator, arguments: call.arguments.slice(start, end) })),
    mode,
  };
}

function checkLengths({ images, height, width, calls }: ImageBatch): void {
  const total = images.length / (height * width);
  if (!Number.isInteger(total)) {
    throw new RangeError(`${images.length} pixels are not a whole number of ${height} × ${width} images`);
  }
  for (const call of calls) {
    if (call.arguments.length === total) continue;
    throw new RangeError(`${call.operator} has ${call.arguments.length} arguments for ${total} images`);
  }
}

/** Finds the first row with an argument out of range, or without ink if the first operator needs some. */
function checkRows({ images, height, width, calls }: ImageBatch): void {
  const size = height * width;
  const needsInk = calls[0] !== undefined && imageOperators[calls[0].operator].needsInk;
  for (let row = 0; row < images.length / size; row++) {
    for (const call of calls) {
      const problem = argumentProblem(call.operator, call.arguments[row]!);
      if (problem !== undefined) throw new MorphologyError(problem, row);
    }
    if (!needsInk) continue;
    const image = images.subarray(row * size, (row + 1) * size);
    if (image.every((level) => level === image[0])) throw new MorphologyError(`${calls[0]!.operator}: ${noInk}`, row);
  }
}
