/**
 * A peer in Python: a process that keeps running, so its turns alternate with ours. A request is a line `NAME REPEATS`,
 * and the answer is a line of JSON with the milliseconds of each repeat.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Measurement, spreadOf } from "./comparison.js";

export class Peer {
  readonly #process: ChildProcess;
  readonly #lines: Interface;
  readonly #answers: AsyncIterator<string>;

  constructor(python: string, script: string, threads: number) {
    const file = fileURLToPath(new URL(`../../bench/peers/${script}`, import.meta.url));
    this.#process = spawn(python, [file, String(threads)], { stdio: ["pipe", "pipe", "inherit"] });
    this.#lines = createInterface({ input: this.#process.stdout! });
    this.#answers = this.#lines[Symbol.asyncIterator]();
  }

  /** The median of some repeats of a measurement that the script knows. */
  measurement(name: string, repeats: number): Measurement {
    return async () => {
      this.#process.stdin!.write(`${name} ${repeats}\n`);
      const { value, done } = await this.#answers.next();
      if (done) throw new Error(`the peer ended before it answered ${name}`);
      return spreadOf((JSON.parse(value) as { milliseconds: number[] }).milliseconds).median;
    };
  }

  close(): void {
    this.#process.stdin!.end();
    this.#lines.close();
  }
}

/** The versions of a Python with torch, or the reason why it is missing. */
export function torchVersion(python: string): { readonly version: string } | { readonly reason: string } {
  const script = "import platform, torch; print(f'{torch.__version__}, Python {platform.python_version()}')";
  const { status, stdout, stderr, error } = spawnSync(python, ["-c", script], { encoding: "utf8" });
  if (error) return { reason: `${python} does not start` };
  if (status !== 0) return { reason: stderr.trim().split("\n").at(-1) ?? `ended with ${status}` };
  return { version: stdout.trim() };
}
