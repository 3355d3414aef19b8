/**
 * Several threads, each with a session of the same program. Programs over scalars are chains of small element-wise
 * operations, which onnxruntime does not divide among threads; whole calls can be. It also keeps the main thread free
 * to read, draw and write.
 */
import { Worker } from "node:worker_threads";
import type { HostData } from "../../core/engine.js";
import type { closing, Results, RunReply, RunRequest, WorkerProgram } from "./session-worker.js";

interface Pending {
  readonly resolve: (results: Results) => void;
  readonly reject: (error: Error) => void;
}

interface Member {
  readonly worker: Worker;
  readonly pending: Map<number, Pending>;
  readonly ended: Promise<void>;
}

export class SessionPool {
  private readonly members: Member[];
  private calls = 0;

  constructor(program: WorkerProgram, threads: number) {
    this.members = Array.from({ length: threads }, () => newMember(program));
  }

  /** Runs on the thread with the fewest calls under way; `fed` is what its feeder is asked with. */
  run(inputs: Readonly<Record<string, HostData>>, fed?: number): Promise<Results> {
    const member = this.members.reduce((best, each) => (each.pending.size < best.pending.size ? each : best));
    const id = this.calls++;
    // Copies that are handed over: a view would take all that it is a view of with it.
    const own = Object.fromEntries(Object.entries(inputs).map(([name, data]) => [name, data.slice()]));
    const request: RunRequest = { id, inputs: own, ...(fed === undefined ? {} : { fed }) };
    return new Promise((resolve, reject) => {
      member.pending.set(id, { resolve, reject });
      member.worker.ref();
      member.worker.postMessage(
        request,
        Object.values(own).map(({ buffer }) => buffer as ArrayBuffer),
      );
    });
  }

  /** Ends the threads when their calls have: one that is stopped inside onnxruntime takes the process with it. */
  async dispose(): Promise<void> {
    await Promise.all(
      this.members.map(async ({ worker, ended }) => {
        // Nothing of what ends on the way may let the process end before the thread.
        worker.removeAllListeners("message");
        worker.ref();
        worker.postMessage("close" satisfies typeof closing);
        await ended;
      }),
    );
  }
}

function newMember(program: WorkerProgram): Member {
  const worker = new Worker(new URL("./session-worker.js", import.meta.url), { workerData: program });
  const pending = new Map<number, Pending>();
  const settle = (id: number) => {
    const call = pending.get(id);
    pending.delete(id);
    // A thread without calls keeps no process alive.
    if (pending.size === 0) worker.unref();
    return call;
  };
  worker.on("message", (reply: RunReply) => {
    const call = settle(reply.id);
    if ("error" in reply) call?.reject(new Error(reply.error));
    else call?.resolve(reply.results);
  });
  worker.on("error", (error) => {
    for (const id of [...pending.keys()]) settle(id)?.reject(error);
  });
  const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  worker.unref();
  return { worker, pending, ended };
}
