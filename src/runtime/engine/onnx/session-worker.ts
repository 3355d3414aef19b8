/** A thread that holds one session of one program and runs it, one call at a time, on this thread alone. */
import { parentPort, workerData } from "node:worker_threads";
import type { InferenceSession, Tensor } from "onnxruntime-node";
import type { HostData, TensorSpec } from "../engine.js";
import { createSession, runtimeTensor } from "./session.js";

export interface RunRequest {
  readonly id: number;
  readonly feeds: Readonly<Record<string, TensorSpec & { readonly data: HostData }>>;
}

export type RunReply =
  | {
      readonly id: number;
      readonly results: Readonly<Record<string, { readonly data: HostData; dims: readonly number[] }>>;
    }
  | { readonly id: number; readonly error: string };

const session: Promise<InferenceSession> = createSession(workerData as Uint8Array, { threads: 1 });

async function run({ id, feeds }: RunRequest): Promise<RunReply> {
  try {
    const tensors: Record<string, Tensor> = {};
    for (const [name, { data, ...spec }] of Object.entries(feeds))
      tensors[name] = (await runtimeTensor(spec, data)) as Tensor;
    const results = await (await session).run(tensors);
    const values = Object.entries(results).map(([name, value]) => {
      const { data, dims } = value as Tensor;
      return [name, { data: (data as HostData).slice(), dims }] as const;
    });
    return { id, results: Object.fromEntries(values) };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}

// One after the other: a session's second call would only wait for the first.
let last: Promise<void> = Promise.resolve();
parentPort!.on("message", (request: RunRequest) => {
  last = last.then(async () => {
    const reply = await run(request);
    const results = "results" in reply ? Object.values(reply.results) : [];
    parentPort!.postMessage(
      reply,
      results.map(({ data }) => data.buffer as ArrayBuffer),
    );
  });
});
