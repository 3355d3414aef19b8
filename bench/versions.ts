/** The versions and the machine that a benchmark ran on. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, cpus, totalmem } from "node:os";
import { dirname, join } from "node:path";

export interface Versions {
  readonly node: string;
  readonly onnxruntime: string;
  readonly torch: string;
  readonly processor: string;
  readonly cores: number;
  readonly threads: number;
  readonly memory: string;
}

function versionOf(name: string): string {
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const [root] = entry.split(`${join(name, "x").slice(0, -1)}`);
    const file = join(dirname(join(root!, name, "x")), "package.json");
    return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
  } catch {
    return "absent";
  }
}

export function versions(threads: number, torch: string): Versions {
  return {
    node: process.version,
    onnxruntime: versionOf("onnxruntime-node"),
    torch,
    processor: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    threads,
    memory: `${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
  };
}
