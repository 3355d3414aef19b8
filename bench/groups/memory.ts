/** The memory of training: the resident set of a separate process after a warm-up, and after 2,000 more steps. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Figure, Group } from "../comparison.js";

interface Resident {
  readonly warm: number;
  readonly end: number;
  readonly peak: number;
}

const child = fileURLToPath(new URL("../memory-child.js", import.meta.url));
const mostMegabytes = 1500;

function measured(program: string, name: string, threads: number, tiny: boolean): Figure[] {
  const steps = tiny ? 20 : 2000;
  const args = [child, program, String(threads), String(steps), tiny ? "tiny" : "full"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`the process that trains ended with ${status}: ${stderr}`);
  const { warm, end, peak } = JSON.parse(stdout) as Resident;
  return [
    { name: `${name}: resident after the warm-up`, value: warm, unit: "MB" },
    { name: `${name}: resident after ${steps} steps more`, value: end, unit: "MB", limit: 1.1 * warm },
    { name: `${name}: largest`, value: peak, unit: "MB", limit: mostMegabytes },
  ];
}

export const memoryGroup: Group = {
  title: "memory of 2,000 training steps, batch 256",
  async run({ threads, tiny }) {
    const figures = [
      ...measured("dense", "the dense conditional VAE", threads, tiny),
      ...measured("paper", "the paper's images", threads, tiny),
    ];
    return { comparisons: [], figures, notes: [] };
  },
};
