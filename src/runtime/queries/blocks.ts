/** Runs a program of fixed batch over any number of rows: full blocks, the last one padded with its last row. */
import type { HostData, HostTensors, Program } from "../engine/engine.js";

export type ReportRows = (done: number, total: number) => void;

/** Calls `inputs(firstRow)` for each block and collects the first `rows` rows of every output. */
export async function runInBlocks(
  program: Program,
  rows: number,
  block: number,
  inputs: (firstRow: number) => Record<string, HostData>,
  onRows?: ReportRows,
): Promise<Map<string, Float32Array>> {
  const collected = new Map<string, Float32Array>();
  for (let start = 0; start < rows; start += block) {
    const outputs: HostTensors = await program.run(inputs(start));
    const valid = Math.min(block, rows - start);
    for (const [name, { data }] of Object.entries(outputs)) {
      const size = data.length / block;
      const all = collected.get(name) ?? new Float32Array(rows * size);
      collected.set(name, all);
      all.set(data.subarray(0, valid * size) as Float32Array, start * size);
    }
    onRows?.(start + valid, rows);
  }
  return collected;
}
