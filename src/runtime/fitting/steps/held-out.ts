/** Which rows of a fit are held out. */
import type { RandomKey } from "../../tensors/random/random-key.js";

/** Share of the rows that is held out. */
export const heldOutShare = 0.1;

export function heldOutRowsOf(rows: number): number {
  return Math.max(1, Math.floor(rows * heldOutShare));
}

/** The rows of a fit in random order: the first ones are held out. */
export function splitOf(key: RandomKey, rows: number): Int32Array {
  return key.split("held out").permutation(rows);
}
