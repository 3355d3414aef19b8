/**
 * The worker threads of the image operators. Starting them takes longer than processing a few hundred images. So they
 * start once that many images have come, in one batch or in a stream of small ones, serve every later batch, and end
 * after some time without work. They do not keep alive a process that has nothing else to do.
 */
import { Tinypool } from "tinypool";
import type { Chunk, ChunkResult } from "./chunk.js";

/** The number of images that the calling thread finishes sooner than threads start. */
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

/** Gives `work` the shared threads, or nothing while so few images have come that the calling thread is faster. */
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
  // Threads of another number are ended only if nobody else uses them.
  if (shared && shared.threads !== threads && users === 1) await endThreads();
  shared ??= {
    threads,
    pool: new Tinypool({
      filename: new URL("./worker.js", import.meta.url).href,
      minThreads: threads,
      maxThreads: threads,
      // The main program's flags, such as code given on its command line, do not apply to the threads.
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
