/**
 * Values that hold so many rows that a density has no meaning there: a constant, a point mass such as 37 % exact zeros,
 * the edges of an interval. Rounding alone is none: ages in whole years or one decimal tie often, but a value then has
 * about as many rows as the values beside it. The rules are the constants below.
 */

/**
 * A value is a point mass above this share of the rows, where it also has this many times the rows of either value
 * beside it.
 */
export const massShare = 0.05;
export const massTimes = 10;
/** A larger share needs less of a contrast. */
export const largeShare = 0.2;
export const largeTimes = 5;
/** The least rows of a point mass. */
export const massRows = 5;
/**
 * The edges of an interval are named above this share, whatever is beside them: a flow and a logit have no finite place
 * for them.
 */
export const edgeShare = 0.01;
export const edgeRows = 2;

export interface Mass {
  readonly value: number;
  readonly rows: number;
}

export type Finding =
  | { readonly kind: "constant"; readonly value: number; readonly rows: number }
  | { readonly kind: "two values"; readonly values: readonly [number, number]; readonly rows: number }
  /** `smallest` is that of all values. */
  | { readonly kind: "masses"; readonly masses: readonly Mass[]; readonly smallest: number; readonly rows: number }
  | { readonly kind: "edges"; readonly low: number; readonly high: number; readonly rows: number };

/** The bounds of an interval, for its edges. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** What is found of numbers without missing ones; `rows` in it are all of them. Undefined where nothing is. */
export function findMasses(values: ArrayLike<number>, bounds?: Bounds): Finding | undefined {
  const rows = values.length;
  if (rows < 2) return undefined;
  const ties = tiesOf(values);
  const distinct = ties.values.length;
  const first = ties.values[0]!;
  if (distinct === 1) return { kind: "constant", value: first, rows };
  if (distinct === 2 && ties.rows.every((count) => count >= massRows))
    return { kind: "two values", values: [first, ties.values[1]!], rows };
  const edges = bounds && edgesOf(ties, bounds, rows);
  if (edges) return edges;
  const masses: Mass[] = [];
  for (let at = 0; at < distinct; at++)
    if (isMass(ties.rows[at]!, rows, ties.rows[at - 1] ?? 0, ties.rows[at + 1] ?? 0))
      masses.push({ value: ties.values[at]!, rows: ties.rows[at]! });
  return masses.length > 0 ? { kind: "masses", masses, smallest: first, rows } : undefined;
}

/** The distinct values in order, and the rows of each. */
interface Ties {
  readonly values: Float64Array;
  readonly rows: Int32Array;
}

function edgesOf(ties: Ties, { low, high }: Bounds, rows: number): Finding | undefined {
  const last = ties.values.length - 1;
  const onLow = ties.values[0] === low ? ties.rows[0]! : 0;
  const onHigh = ties.values[last] === high ? ties.rows[last]! : 0;
  const isNamed = onLow + onHigh >= edgeRows && onLow + onHigh > edgeShare * rows;
  return isNamed ? { kind: "edges", low: onLow, high: onHigh, rows } : undefined;
}

function isMass(own: number, rows: number, before: number, after: number): boolean {
  const beside = Math.max(before, after);
  if (own < massRows || own <= massShare * rows) return false;
  return own > massTimes * beside || (own > largeShare * rows && own > largeTimes * beside);
}

function tiesOf(all: ArrayLike<number>): Ties {
  const sorted = Float64Array.from(all).sort();
  const values = new Float64Array(sorted.length);
  const rows = new Int32Array(sorted.length);
  let count = 0;
  for (let start = 0; start < sorted.length; count++) {
    let end = start + 1;
    while (end < sorted.length && sorted[end] === sorted[start]) end++;
    // -0 and 0 are one value, written 0.
    values[count] = sorted[start]! + 0;
    rows[count] = end - start;
    start = end;
  }
  return { values: values.subarray(0, count), rows: rows.subarray(0, count) };
}
