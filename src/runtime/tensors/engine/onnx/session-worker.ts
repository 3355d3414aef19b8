/**
 * A thread that holds one session of one program and runs it, one call at a time, on this thread alone. Inputs that the
 * program's feeder makes are made here.
 */
import { parentPort, workerData } from "node:worker_threads";
import type { InferenceSession, Tensor } from "onnxruntime-node";
import type { CreateFeeder, Feeder, HostData, TensorSpecs } from "../../core/engine.js";
import { createSession, runtimeTensor } from "./session.js";

export interface WorkerProgram {
  readonly model: Uint8Array;
  readonly specs: TensorSpecs;
  /** The ONNX names of the inputs that the program needs. */
  readonly targets: Readonly<Record<string, string>>;
  readonly feeder?: Feeder;
}

export interface RunRequest {
  readonly id: number;
  readonly inputs: Readonly<Record<string, HostData>>;
  /** The number that the feeder is asked with. */
  readonly fed?: number;
}

/** Instead of a request: the calls before it are finished, then the thread ends. */
export const closing = "close";

export interface Results {
  readonly [name: string]: { readonly data: HostData; readonly dims: readonly number[] };
}

export type RunReply =
  | { readonly id: number; readonly results: Results }
  | { readonly id: number; readonly error: string };

const { model, specs, targets, feeder } = workerData as WorkerProgram;
const session: Promise<InferenceSession> = createSession(model, { threads: 1 });
// Met by the first call.
session.catch(() => {});
const feed = feeder && loadFeeder(feeder);
feed?.catch(() => {});

async function loadFeeder({ module, data }: Feeder): Promise<ReturnType<CreateFeeder>> {
  const { createFeeder } = (await import(module)) as { readonly createFeeder: CreateFeeder };
  return createFeeder(data);
}

async function run({ id, inputs, fed }: RunRequest): Promise<RunReply> {
  try {
    const made = fed === undefined ? {} : (await feed!)(fed);
    const tensors: Record<string, Tensor> = {};
    for (const [name, data] of Object.entries({ ...made, ...inputs })) {
      const target = targets[name];
      if (target !== undefined) tensors[target] = (await runtimeTensor(specs[name]!, data)) as Tensor;
    }
    const values = Object.entries(await (await session).run(tensors)).map(([name, value]) => {
      const { data, dims } = value as Tensor;
      // A copy of its own, which can be handed over: onnxruntime's memory cannot.
      return [name, { data: (data as HostData).slice(), dims }] as const;
    });
    return { id, results: Object.fromEntries(values) };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}

// One after the other: a session's second call would only wait for the first.
let last: Promise<void> = Promise.resolve();
parentPort!.on("message", (request: RunRequest | typeof closing) => {
  last = last.then(async () => {
    if (request === closing) {
      await (await session.catch(() => undefined))?.release();
      // Nothing is listened to any more, so the thread ends.
      parentPort!.close();
      return;
    }
    const reply = await run(request);
    const results = "results" in reply ? Object.values(reply.results) : [];
    parentPort!.postMessage(
      reply,
      results.map(({ data }) => data.buffer as ArrayBuffer),
    );
  });
});
