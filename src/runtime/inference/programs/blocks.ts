/** Runs a program of fixed batch over any number of rows: full blocks, of whose last only the valid rows are kept. */
import type { HostData, HostTensors, Program } from "../../tensors/core/engine.js";

export type ReportRows = (done: number, total: number) => void;

/** The first `valid` rows of every output of a program of `block` rows. */
export function validRows(outputs: HostTensors, valid: number, block: number): Map<string, Float32Array> {
  return new Map(
    Object.entries(outputs).map(([name, { data }]) => [
      name,
      data.subarray(0, (data.length / block) * valid) as Float32Array,
    ]),
  );
}

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
    const valid = Math.min(block, rows - start);
    collect(collected, validRows(await program.run(inputs(start)), valid, block), start, valid, rows);
    onRows?.(start + valid, rows);
  }
  return collected;
}

/** Puts a block's values at their place among those of all rows. */
export function collect(
  all: Map<string, Float32Array>,
  block: ReadonlyMap<string, Float32Array>,
  firstRow: number,
  rows: number,
  total: number,
): void {
  for (const [name, values] of block) {
    if (rows === total) {
      all.set(name, values);
      continue;
    }
    const size = values.length / rows;
    const whole = all.get(name) ?? new Float32Array(total * size);
    all.set(name, whole);
    whole.set(values, firstRow * size);
  }
}
