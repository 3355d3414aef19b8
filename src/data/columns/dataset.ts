/**
 * A data set in memory: columns of equal length by variable name, the rows' ids, and recorded exogenous noise by
 * `variable.noise`. Count variables, and binary and ordinal ones whose levels have no texts, are numeric columns of
 * whole numbers; ordinals count from 0.
 */
import type { Diagnostic } from "../../diagnostics/diagnostic.js";
import type { Domain } from "../../schema/types.js";
import type { Numbers } from "./column-cells.js";
import type { Texts } from "./texts.js";

/**
 * Values are in single precision if they were computed or stored in it. `items` is set if the values are indices (from
 * 0) into a collection, such as the digits of MNIST.
 */
export interface NumericColumn {
  readonly kind: "numeric";
  readonly values: Numbers;
  readonly items?: ItemCollection;
}

/** Row r has the level `levels[codes[r]]`; a missing value, if allowed, has the code -1. */
export interface CategoryColumn {
  readonly kind: "category";
  readonly codes: Int32Array;
  readonly levels: readonly string[];
}

/** The values have the shape [rows, size]. */
export interface VectorColumn {
  readonly kind: "vector";
  readonly size: number;
  readonly values: Float32Array;
}

/** The values have the shape [rows, height, width, channels] and range 0..255. */
export interface ImageColumn {
  readonly kind: "image";
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly pixels: Uint8Array;
}

export type Column = NumericColumn | CategoryColumn | VectorColumn | ImageColumn;
export type ItemCollection = "mnist/train" | "mnist/test";

export interface Dataset {
  readonly rows: number;
  readonly ids: Texts;
  /** The name of the ids' column; `id` if the data do not have ids. */
  readonly idName?: string;
  readonly columns: ReadonlyMap<string, Column>;
  readonly noise: ReadonlyMap<string, Column>;
  /** Sampling weights `[rows]`, 0 or more, if the manifest names them: the weight of each row in fits and averages. */
  readonly weights?: Float64Array;
}

/**
 * A data set as read, with the domain of every column: the wanted one, or the one bound from the data if none was
 * given.
 */
export interface LoadedDataset extends Dataset {
  readonly domains: ReadonlyMap<string, Domain>;
  /** Cells whose text was taken for missing, counted by variable and text; empty cells are not counted. */
  readonly takenForMissing?: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Advice that follows from the way variables were bound, or from their files. */
  readonly advice?: readonly Advice[];
}

/** Notes and warnings. Warnings are about the values, and are stored with a model that is fitted to them. */
export interface Advice extends Diagnostic {
  readonly severity: "note" | "warning";
  readonly variable: string;
  readonly hint: string;
}

/** Some rows of a data set that is read or written in parts; if there are no ids, rows are numbered from 0. */
export interface DatasetBlock extends Omit<Dataset, "ids"> {
  /** The index of its first row in the whole data set. */
  readonly firstRow: number;
  readonly ids: Texts | null;
}

/** The number of missing cells in a column; 0 if the column was read without allowing them. */
export function missingIn(column: Column): number {
  switch (column.kind) {
    case "numeric":
      return countOf(column.values, Number.isNaN);
    case "category":
      return countOf(column.codes, (code) => code < 0);
    case "vector":
    case "image":
      return 0;
  }
}

/** `"None" 5, "NA" 2` */
export function takenText(texts: ReadonlyMap<string, number> | undefined): string | undefined {
  if (texts === undefined || texts.size === 0) return undefined;
  return [...texts].map(([text, count]) => `${JSON.stringify(text)} ${count}`).join(", ");
}

function countOf(values: ArrayLike<number>, isCounted: (value: number) => boolean): number {
  let count = 0;
  for (let row = 0; row < values.length; row++) if (isCounted(values[row]!)) count++;
  return count;
}

/** The number of rows of a column. */
export function columnRows(column: Column): number {
  switch (column.kind) {
    case "numeric":
      return column.values.length;
    case "category":
      return column.codes.length;
    case "vector":
      return column.values.length / column.size;
    case "image":
      return column.pixels.length / (column.height * column.width * column.channels);
  }
}
