/**
 * Measures how long `scmc check` of a small file takes as a process, including start and end: the median of fifteen,
 * beside a bare start of Node. Run it with `node dist/bench/check-start.js [FILE]` on a quiet machine.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const file = process.argv[2] ?? join(root, "graphs/morpho.scm");
const runs = 15;
const limit = 300;

function medianOf(args: readonly string[]): number {
  const times = Array.from({ length: runs }, () => {
    const start = performance.now();
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(`ended with ${status}: ${stderr}`);
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[Math.floor(runs / 2)]!;
}

const bare = medianOf(["-e", ""]);
const check = medianOf([join(root, "dist/src/cli/main.js"), "check", file]);
process.stdout.write(`node -e "": ${bare.toFixed(0)} ms; scmc check: ${check.toFixed(0)} ms (limit ${limit} ms)\n`);
