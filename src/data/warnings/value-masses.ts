/**
 * Finds values that hold so many rows that a density is meaningless there: a constant, a point mass such as 37 % exact
 * zeros, the edges of an interval. Rounding alone does not count: ages in whole years or one decimal tie often, but a
 * value then has about as many rows as the values beside it. The rules are the constants below.
 */

/**
 * A value is a point mass if it holds more than this share of the rows, and this many times the rows of either
 * neighbouring value.
 */
export const massShare = 0.05;
export const massTimes = 10;
/** A larger share needs less contrast with the neighbouring values. */
export const largeShare = 0.2;
export const largeTimes = 5;
/** The least rows of a point mass. */
export const massRows = 5;
/**
 * The edges of an interval are reported above this share, whatever is beside them, because a flow and a logit do not
 * have a finite place for them.
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
  /** `smallest` is the smallest of all values. */
  | { readonly kind: "masses"; readonly masses: readonly Mass[]; readonly smallest: number; readonly rows: number }
  | { readonly kind: "edges"; readonly low: number; readonly high: number; readonly rows: number };

/** The bounds of an interval, for its edges. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/**
 * The finding about numbers, which must not include missing ones; `rows` counts them all. Undefined if there is nothing
 * to report.
 */
export function findMasses(values: ArrayLike<number>, bounds?: Bounds): Finding | undefined {
  const rows = values.length;
  if (rows < 2) return undefined;
  const [first, last] = extremesOf(values);
  if (first.rows === rows) return { kind: "constant", value: first.value, rows };
  if (first.rows + last.rows === rows && Math.min(first.rows, last.rows) >= massRows)
    return { kind: "two values", values: [first.value, last.value], rows };
  const edges = bounds && edgesOf(first, last, bounds, rows);
  if (edges) return edges;
  const masses = frequentValues(values).flatMap((value): Mass[] => {
    const { own, beside } = rowsAround(values, value);
    return isMass(own, rows, beside) ? [{ value, rows: own }] : [];
  });
  return masses.length > 0 ? { kind: "masses", masses, smallest: first.value, rows } : undefined;
}

function edgesOf(first: Mass, last: Mass, { low, high }: Bounds, rows: number): Finding | undefined {
  const onLow = first.value === low ? first.rows : 0;
  const onHigh = last.value === high ? last.rows : 0;
  const isNamed = onLow + onHigh >= edgeRows && onLow + onHigh > edgeShare * rows;
  return isNamed ? { kind: "edges", low: onLow, high: onHigh, rows } : undefined;
}

function isMass(own: number, rows: number, beside: number): boolean {
  if (own < massRows || own <= massShare * rows) return false;
  return own > massTimes * beside || (own > largeShare * rows && own > largeTimes * beside);
}

/** The smallest and the largest value, each with its number of rows; -0 and 0 are one value, written 0. */
function extremesOf(values: ArrayLike<number>): [Mass, Mass] {
  let [low, high, onLow, onHigh] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    if (value < low) [low, onLow] = [value, 0];
    if (value > high) [high, onHigh] = [value, 0];
    if (value === low) onLow++;
    if (value === high) onHigh++;
  }
  return [
    { value: low + 0, rows: onLow },
    { value: high + 0, rows: onHigh },
  ];
}

/**
 * Every value with more than `massShare` of the rows, and perhaps others, in ascending order. Each of k - 1 counters
 * holds a value; a value that is in none of them lowers all counters by one (Misra & Gries 1982).
 */
function frequentValues(values: ArrayLike<number>): number[] {
  const held = new Float64Array(Math.ceil(1 / massShare));
  const counts = new Int32Array(held.length);
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    let place = -1;
    for (let k = 0; k < held.length; k++) {
      if (counts[k] === 0) place = k;
      else if (held[k] === value) {
        place = k;
        break;
      }
    }
    if (place < 0) for (let k = 0; k < counts.length; k++) counts[k]!--;
    else {
      held[place] = value + 0;
      counts[place]!++;
    }
  }
  return [...held.filter((_, k) => counts[k]! > 0).sort()];
}

/** The number of rows of a value, and the larger number of rows of its two neighbouring values. */
function rowsAround(values: ArrayLike<number>, value: number): { readonly own: number; readonly beside: number } {
  let [own, below, above, onBelow, onAbove] = [0, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 0, 0];
  for (let row = 0; row < values.length; row++) {
    const other = values[row]!;
    if (other === value) own++;
    else if (other < value) {
      if (other > below) [below, onBelow] = [other, 0];
      if (other === below) onBelow++;
    } else {
      if (other < above) [above, onAbove] = [other, 0];
      if (other === above) onAbove++;
    }
  }
  return { own, beside: Math.max(onBelow, onAbove) };
}
