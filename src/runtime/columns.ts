/** From a data set's columns to rows that programs take, and back. */
import type { Column } from "../data/dataset.js";
import { levelNames } from "../model/levels.js";
import type { Domain } from "../model/schema-types.js";
import type { Rows } from "./rows.js";

/** Numbers become float32, images stay in 8 bits, classes become their codes; what is missing is NaN. */
export function rowsOfColumn(column: Column): Rows {
  switch (column.kind) {
    case "numeric":
      return { rows: column.values.length, size: 1, data: singlePrecision(column.values) };
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

function singlePrecision(values: Float64Array | Float32Array): Float32Array {
  return values instanceof Float32Array ? values : new Float32Array(values);
}

export function rowsOfColumns(columns: ReadonlyMap<string, Column>): Map<string, Rows> {
  return new Map([...columns].map(([name, column]) => [name, rowsOfColumn(column)]));
}

/** Values of a program as a column of the variable's domain; images are clipped to 0..255 and rounded. */
export function columnOfValues(domain: Domain, values: Float32Array): Column {
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
    default:
      return { kind: "numeric", values };
  }
}

/** A value that is none has no level: the code -1, as in a column that was read. */
function categoryOf(values: Float32Array, levels: readonly string[]): Column {
  return { kind: "category", codes: Int32Array.from(values, (code) => (Number.isNaN(code) ? -1 : code)), levels };
}
