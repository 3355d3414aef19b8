/**
 * The one boundary between data and programs: columns in the variables' own units, in double precision where they were
 * read so, and rows as programs take them, less the variable's origin and in single precision. The origin goes and
 * comes back in double.
 */

import { levelNames } from "../../../algebra/levels.js";
import type { Numbers } from "../../../data/columns/column-cells.js";
import type { Column } from "../../../data/columns/dataset.js";
import { assertNever } from "../../../diagnostics/assert-never.js";
import { type Rows, rowsOfDoubles } from "../../tensors/core/rows.js";
import { type BoundVariable, originOfVariable } from "./variables.js";

type Placed = Pick<BoundVariable, "origin">;

/**
 * Numbers become float32 less the origin, images stay in 8 bits, classes become their codes; what is missing is NaN.
 */
export function rowsOfColumn(column: Column, variable: Placed | undefined): Rows {
  switch (column.kind) {
    case "numeric":
      if (column.values instanceof Float64Array) return rowsOfDoubles(centredExactly(variable, column.values));
      return { rows: column.values.length, size: 1, data: centredValues(variable, column.values) };
    case "category":
      return {
        rows: column.codes.length,
        size: 1,
        data: Float32Array.from(column.codes, (code) => (code < 0 ? Number.NaN : code)),
      };
    case "vector":
      return { rows: column.values.length / column.size, size: column.size, data: column.values };
    case "image": {
      const size = column.height * column.width * column.channels;
      return { rows: column.pixels.length / size, size, data: column.pixels };
    }
  }
}

/** `value - origin`, subtracted in double precision. */
export function centredValues(variable: Placed | undefined, values: ArrayLike<number>): Float32Array {
  const origin = originOfVariable(variable);
  if (origin === 0) return values instanceof Float32Array ? values : new Float32Array(values);
  const centred = new Float32Array(values.length);
  for (let row = 0; row < centred.length; row++) centred[row] = values[row]! - origin;
  return centred;
}

/** The same, left in double precision. */
function centredExactly(variable: Placed | undefined, values: Float64Array): Float64Array {
  const origin = originOfVariable(variable);
  return origin === 0 ? values : values.map((value) => value - origin);
}

/** `value + origin`, in double precision; the very same array where there is no origin. */
export function wholeValues(variable: Placed | undefined, values: Float32Array): Numbers {
  const origin = originOfVariable(variable);
  return origin === 0 ? values : Float64Array.from(values, (value) => wholeValue(origin, value));
}

/** Of the doubles that a single-precision `value` about the origin stands for, one with few decimals. */
export function wholeValue(origin: number, value: number): number {
  const whole = value + origin;
  if (!Number.isFinite(whole)) return whole;
  const single = Math.fround(value);
  // Fewer decimals than those of the last bit, less one, seldom give the value back; more than eight further ones never
  // improve it.
  const fewest = Math.max(0, Math.floor(23 * Math.log10(2) - Math.log10(Math.max(Math.abs(single), 1e-30))) - 1);
  for (let places = fewest; places < Math.min(fewest + 8, 100); places++) {
    const short = Number(whole.toFixed(places));
    if (Math.fround(short - origin) === single) return short;
  }
  return whole;
}

/** A value of a program as messages print it: six digits of it, or of its distance to the origin. */
export function shortValue(variable: Placed | undefined, value: number): string {
  const origin = originOfVariable(variable);
  const short = Number(value.toPrecision(6));
  return String(origin === 0 ? short : wholeValue(origin, short));
}

/** `variables` say what is taken off each column. */
export function rowsOfColumns(
  columns: ReadonlyMap<string, Column>,
  variables: ReadonlyMap<string, Placed>,
): Map<string, Rows> {
  return new Map([...columns].map(([name, column]) => [name, rowsOfColumn(column, variables.get(name))]));
}

/** Values of a program as a column of the variable's domain; images are clipped to 0..255 and rounded. */
export function columnOfValues(variable: Pick<BoundVariable, "domain" | "origin">, values: Float32Array): Column {
  const { domain } = variable;
  switch (domain.kind) {
    case "image":
      return {
        kind: "image",
        height: domain.height ?? 0,
        width: domain.width ?? 0,
        channels: domain.channels,
        pixels: Uint8Array.from(values, (value) => Math.round(Math.min(Math.max(value, 0), 255))),
      };
    case "vector":
      return { kind: "vector", size: domain.size, values };
    case "categorical":
      return categoryOf(values, levelNames(domain));
    case "binary":
    case "ordinal":
      return domain.levels === undefined ? { kind: "numeric", values } : categoryOf(values, domain.levels);
    case "real":
    case "positive":
    case "nonnegative":
    case "interval":
    case "count":
      return { kind: "numeric", values: wholeValues(variable, values) };
    default:
      return assertNever(domain);
  }
}

/** A value that is none has no level: the code -1, as in a column that was read. */
function categoryOf(values: Float32Array, levels: readonly string[]): Column {
  return { kind: "category", codes: Int32Array.from(values, (code) => (Number.isNaN(code) ? -1 : code)), levels };
}
