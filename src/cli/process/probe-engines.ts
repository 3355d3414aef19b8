/**
 * Examines the engines in a process of its own: native libraries write warnings straight to the terminal, and one that
 * does not fit the machine may end its process. `examineApart` starts the process and receives its findings.
 */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type EngineExamination, examineEngines } from "../../runtime/tensors/engine/examine.js";

/** The examination, or an Error that says how the process ended. The libraries' output is not shown. */
export function examineApart(): Promise<EngineExamination[]> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), [], { stdio: ["ignore", "ignore", "ignore", "ipc"] });
    child.once("message", (found) => resolve(found as EngineExamination[]));
    child.once("error", reject);
    child.once("exit", (code, signal) =>
      reject(new Error(`the examination of the engines ended with ${signal ?? `exit status ${code}`}`)),
    );
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.send) {
  const found = await examineEngines();
  process.send(found, () => process.disconnect());
}
