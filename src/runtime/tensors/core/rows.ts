/** Rows of a variable as programs take them: `[rows, size]` in host memory, images left in their 8 bits. */
import type { HostData, TensorSpec } from "./engine.js";

export interface Rows {
  readonly rows: number;
  readonly size: number;
  readonly data: Float32Array | Uint8Array;
  /** The same, less the origin too, in double precision where they were read in it; of rows of one number alone. */
  readonly exact?: Float64Array;
}

/** Rows of one number each that were read in double precision; singles are made of them when they are asked for. */
export function rowsOfDoubles(exact: Float64Array): Rows {
  let singles: Float32Array | undefined;
  return {
    rows: exact.length,
    size: 1,
    exact,
    get data() {
      singles ??= new Float32Array(exact);
      return singles;
    },
  };
}

/** The values as precisely as they are known. */
export function numbersOf(rows: Rows): Float64Array | Float32Array | Uint8Array {
  return rows.exact ?? rows.data;
}

/** The rows named by `indices`, in that order. */
export function chosenRows(rows: Rows, indices: Int32Array): Rows {
  const { size, exact } = rows;
  if (exact) return rowsOfDoubles(Float64Array.from(indices, (row) => exact[row]!));
  return { rows: indices.length, size, data: gatherRows(rows, indices) as Float32Array | Uint8Array };
}

export function specOf(rows: Pick<Rows, "size" | "data" | "exact">, count: number): TensorSpec {
  const isBytes = rows.exact === undefined && rows.data instanceof Uint8Array;
  return { shape: [count, rows.size], dtype: isBytes ? "uint8" : "float32" };
}

/** The rows named by `indices`, in that order, as one block. */
export function gatherRows(rows: Rows, indices: ArrayLike<number>): HostData {
  const { size } = rows;
  const data = numbersOf(rows);
  const count = indices.length;
  const block = data instanceof Uint8Array ? new Uint8Array(count * size) : new Float32Array(count * size);
  if (size === 1) for (let k = 0; k < count; k++) block[k] = data[indices[k]!]!;
  else
    for (let k = 0; k < count; k++) {
      const start = indices[k]! * size;
      block.set(data.subarray(start, start + size), k * size);
    }
  return block;
}

/** Indices `start … start + count - 1`, the last row repeated where the end is passed, so that every block is full. */
export function blockIndices(start: number, count: number, rows: number): Int32Array {
  return Int32Array.from({ length: count }, (_, k) => Math.min(start + k, rows - 1));
}

/**
 * Rows `first … first + count - 1`, the last row repeated where the end is passed, so that every block is full. A full
 * block is a view, not a copy.
 */
export function blockOfRows(rows: Rows, first: number, count: number): HostData {
  const { size, data } = rows;
  if (first + count <= rows.rows) return data.subarray(first * size, (first + count) * size);
  const block = data instanceof Uint8Array ? new Uint8Array(count * size) : new Float32Array(count * size);
  block.set(data.subarray(first * size));
  const last = data.subarray((rows.rows - 1) * size);
  for (let row = rows.rows - first; row < count; row++) block.set(last, row * size);
  return block;
}
