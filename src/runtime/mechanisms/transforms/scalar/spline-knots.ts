/**
 * Knots and bin selection shared by the two rational splines. The box is [-3, 3]² and the map is the identity outside.
 *
 * Raw parameters are normalised as in the paper's own package: widths and heights by a softmax with a floor of 1e-3 a
 * bin, inner derivatives by a softplus with a floor of 1e-3. The two outer derivatives are `boundaryDerivative`; 1
 * makes the slope continuous at the edge of the box.
 */
import * as tf from "../../../tensors/core/tfjs.js";

export const bound = 3;
const minimumBin = 1e-3;
const knotTolerance = 1e-6;
export const minimumDerivative = 1e-3;

/** All `[batch or 1, bins]`: the left and right edge of each bin on both axes, and the derivatives there. */
export type Knots = Readonly<
  Record<"left" | "right" | "bottom" | "top" | "leftDerivative" | "rightDerivative", tf.Tensor>
>;

/** Raw derivative whose softplus, plus its floor, is 1. */
export const identityDerivative = Math.log(Math.expm1(1 - minimumDerivative));

/** θ starts with `bins` raw widths, `bins` raw heights and `bins - 1` raw derivatives. */
export function knotsOf(parameters: tf.Tensor, bins: number, boundaryDerivative: number): Knots {
  const [left, right] = edges(tf.slice(parameters, [0, 0], [-1, bins]), bins);
  const [bottom, top] = edges(tf.slice(parameters, [0, bins], [-1, bins]), bins);
  const raw = tf.slice(parameters, [0, 2 * bins], [-1, bins - 1]);
  const inner = tf.add(tf.softplus(raw), minimumDerivative);
  const boundary = tf.fill([parameters.shape[0]!, 1], boundaryDerivative);
  return {
    left,
    right,
    bottom,
    top,
    leftDerivative: tf.concat([boundary, inner], 1),
    rightDerivative: tf.concat([inner, boundary], 1),
  };
}

/** Left and right edges of bins from raw sizes; the outermost are exactly ±3. */
function edges(raw: tf.Tensor, bins: number): [tf.Tensor, tf.Tensor] {
  const shares = tf.add(tf.mul(tf.softmax(raw, 1), 1 - bins * minimumBin), minimumBin);
  const inner = tf.sub(tf.mul(tf.slice(tf.cumsum(shares, 1), [0, 0], [-1, bins - 1]), 2 * bound), bound);
  const rows = raw.shape[0]!;
  return [tf.concat([tf.fill([rows, 1], -bound), inner], 1), tf.concat([inner, tf.fill([rows, 1], bound)], 1)];
}

type Fields<Name extends string> = Readonly<Record<Name, tf.Tensor>>;

/** The one bin that holds each value. */
export interface Bin {
  readonly inside: tf.Tensor;
  /** The value clamped into the box. */
  readonly clamped: tf.Tensor;
  /**
   * What `derive` makes of the bin's own `raw` fields, `[batch, 1]` each. `raw` and the edges are `[batch, bins]`, or
   * `[1, bins]` where all values share them: then `derive` works on the few bins, before the selection.
   */
  select<Raw extends string, Derived extends string>(
    raw: Fields<Raw>,
    derive: (raw: Fields<Raw>) => Fields<Derived>,
  ): Fields<Derived>;
}

/**
 * Finds the bin by its edges. A mask rather than a gather: the gradient is then a product, not a scatter. A value less
 * than 1e-6 above an inner knot belongs to the bin on its left, as in the original package; the two formulas agree
 * there.
 */
export function binOf(value: tf.Tensor, lower: tf.Tensor, upper: tf.Tensor): Bin {
  const inside = tf.lessEqual(tf.abs(value), bound);
  const clamped = tf.clipByValue(value, -bound, bound);
  const bins = lower.shape[1]!;
  // The first bin reaches down to the edge of the box; the tolerance already closes the last one.
  const tolerances = tf.tensor2d([[-knotTolerance, ...new Array<number>(bins - 1).fill(knotTolerance)]]);
  const [start, end] = [tf.add(lower, tolerances), tf.add(upper, knotTolerance)];
  const select = lower.shape[0] === 1 ? selectShared(clamped, start, end) : selectOwn(clamped, start, end);
  return { inside, clamped, select };
}

function maskOf(value: tf.Tensor, start: tf.Tensor, end: tf.Tensor): tf.Tensor {
  return tf.cast(tf.logicalAnd(tf.greaterEqual(value, start), tf.less(value, end)), "float32");
}

function selectOwn(clamped: tf.Tensor, start: tf.Tensor, end: tf.Tensor): Bin["select"] {
  const mask = maskOf(clamped, start, end);
  return (raw, derive) => derive(mapFields(raw, (perBin) => tf.sum(tf.mul(mask, perBin), 1, true)));
}

/**
 * One product of a table of the fields, a bin a column, with the mask, a bin a row: rows of `batch` numbers are what
 * engines are fast on.
 */
function selectShared(clamped: tf.Tensor, start: tf.Tensor, end: tf.Tensor): Bin["select"] {
  const [batch, bins] = [clamped.shape[0]!, start.shape[1]!];
  const row = tf.reshape(clamped, [1, batch]);
  const mask = maskOf(row, tf.reshape(start, [bins, 1]), tf.reshape(end, [bins, 1])) as tf.Tensor2D;
  return (raw, derive) => {
    const fields = derive(raw);
    const names = Object.keys(fields) as (keyof typeof fields)[];
    const table = tf.concat(
      names.map((name) => fields[name]),
      0,
    ) as tf.Tensor2D;
    const chosen = tf.matMul(table, mask);
    let next = 0;
    return mapFields(fields, () => tf.reshape(tf.slice(chosen, [next++, 0], [1, batch]), [batch, 1]));
  };
}

function mapFields<Name extends string>(fields: Fields<Name>, map: (field: tf.Tensor) => tf.Tensor): Fields<Name> {
  const entries = Object.entries<tf.Tensor>(fields).map(([name, field]) => [name, map(field)] as const);
  return Object.fromEntries(entries) as Fields<Name>;
}
