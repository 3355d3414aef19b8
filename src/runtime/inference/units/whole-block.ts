/** All units of a source as one block. */
import type { Rows } from "../../tensors/core/rows.js";
import type { UnitBlock } from "./question.js";

/** Without recorded items, which only counterfactuals take. */
export async function wholeBlock(blocks: AsyncIterable<UnitBlock> | Iterable<UnitBlock>): Promise<UnitBlock> {
  const all: UnitBlock[] = [];
  for await (const block of blocks) all.push(block);
  const [first] = all;
  if (first === undefined) return { firstUnit: 0, rows: 0, observed: new Map() };
  if (all.length === 1) return first;
  const rows = all.reduce((sum, block) => sum + block.rows, 0);
  const observed = new Map<string, Rows>();
  for (const [name, { size, data: example }] of first.observed) {
    const data = example instanceof Uint8Array ? new Uint8Array(rows * size) : new Float32Array(rows * size);
    for (const block of all) data.set(block.observed.get(name)!.data, (block.firstUnit - first.firstUnit) * size);
    observed.set(name, { rows, size, data });
  }
  if (!first.weights) return { firstUnit: first.firstUnit, rows, observed };
  const weights = new Float64Array(rows);
  for (const block of all) weights.set(block.weights!, block.firstUnit - first.firstUnit);
  return { firstUnit: first.firstUnit, rows, observed, weights };
}
