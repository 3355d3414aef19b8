/**
 * The worker threads of the image operators. Starting them takes longer than a few hundred images do, so they start
 * once that many images have come, in one batch or in a stream of small ones, serve every batch that follows, and end
 * when no work has come for a while. A process that has nothing else to do is not kept alive by them.
 */
import { Tinypool } from "tinypool";
import type { Chunk, ChunkResult } from "./chunk.js";

/** Number of images that the calling thread finishes sooner than threads start. */
const inlineLimit = 256;
/** Milliseconds without work after which the threads end. */
const idleTime = 2000;

/** Runs one chunk on some thread. */
export type RunChunk = (chunk: Chunk) => Promise<ChunkResult>;

interface SharedPool {
  readonly threads: number;
  readonly pool: Tinypool;
}

let shared: SharedPool | undefined;
let users = 0;
/** Images since the threads last ended. */
let seen = 0;
let timer: NodeJS.Timeout | undefined;

/** Hands `work` the shared threads, or nothing as long as so few images have come that they are done sooner without. */
export async function withThreads<Result>(
  threads: number,
  images: number,
  work: (run: RunChunk | undefined) => Promise<Result>,
): Promise<Result> {
  seen += images;
  clearTimeout(timer);
  users++;
  try {
    const isWorthIt = shared !== undefined || seen > inlineLimit;
    return await work(isWorthIt && threads > 1 ? await runnerOf(threads) : undefined);
  } finally {
    users--;
    if (users === 0) timer = setTimeout(endThreads, idleTime).unref();
  }
}

async function runnerOf(threads: number): Promise<RunChunk> {
  // Threads of another number are left to those who use them only where there are any.
  if (shared && shared.threads !== threads && users === 1) await endThreads();
  shared ??= {
    threads,
    pool: new Tinypool({
      filename: new URL("./worker.js", import.meta.url).href,
      minThreads: threads,
      maxThreads: threads,
      // Flags of the main program, such as code given on its command line, are not for the threads.
      execArgv: [],
    }),
  };
  const { pool } = shared;
  return (chunk) => pool.run(chunk, { transferList: [chunk.images.buffer as ArrayBuffer] });
}

async function endThreads(): Promise<void> {
  const ending = shared;
  shared = undefined;
  seen = 0;
  await ending?.pool.destroy();
}
