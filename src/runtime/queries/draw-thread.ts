/**
 * Draws random inputs on a thread of their own, while others compute: in a model of scalars they cost as much as the program. The
 * numbers are the same.
 */
import { Worker } from "node:worker_threads";
import type { HostData } from "../engine/engine.js";
import type { RandomInputs } from "./random-inputs.js";

export interface Draws {
  block(firstUnit: number): Promise<Record<string, HostData>>;
  dispose(): Promise<void>;
}

/** On this thread, or, where many blocks are to come, on another one. */
export function drawsOf(random: RandomInputs, concurrent: boolean): Draws {
  if (concurrent && random.size > 0) return drawThread(random);
  return { block: async (firstUnit) => random.block(firstUnit), dispose: async () => {} };
}

function drawThread(random: RandomInputs): Draws {
  const worker = new Worker(new URL("./draw-worker.js", import.meta.url), { workerData: random.plan() });
  /** Replies come in the order of the requests. */
  const waiting: { resolve: (values: Record<string, HostData>) => void; reject: (error: unknown) => void }[] = [];
  const next = () => {
    const call = waiting.shift();
    if (waiting.length === 0) worker.unref();
    return call;
  };
  worker.on("message", (values: Record<string, HostData>) => next()?.resolve(values));
  worker.on("error", (error) => {
    while (waiting.length > 0) next()?.reject(error);
  });
  worker.unref();
  return {
    block: (firstUnit) =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        worker.ref();
        worker.postMessage(firstUnit);
      }),
    async dispose() {
      await worker.terminate();
    },
  };
}
