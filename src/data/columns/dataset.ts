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
 * Single precision where the values were computed or stored in it. `items` is set where the values are indices (from 0)
 * of items of a collection, say of the digits of MNIST.
 */
export interface NumericColumn {
  readonly kind: "numeric";
  readonly values: Numbers;
  readonly items?: ItemCollection;
}

/** Row r has the level `levels[codes[r]]`; where missing values are read, the code -1 has none. */
export interface CategoryColumn {
  readonly kind: "category";
  readonly codes: Int32Array;
  readonly levels: readonly string[];
}

/** Shape [rows, size]. */
export interface VectorColumn {
  readonly kind: "vector";
  readonly size: number;
  readonly values: Float32Array;
}

/** Shape [rows, height, width, channels], 0..255. */
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
  /** What the column of the ids is called; `id` where the data have none. */
  readonly idName?: string;
  readonly columns: ReadonlyMap<string, Column>;
  readonly noise: ReadonlyMap<string, Column>;
  /**
   * Sampling weights `[rows]`, from 0 up, where the manifest names them: how much each row counts in fits and averages.
   */
  readonly weights?: Float64Array;
}

/**
 * A data set as read, with the domain of every column: the wanted one, or, where none was given, the one bound from the
 * data.
 */
export interface LoadedDataset extends Dataset {
  readonly domains: ReadonlyMap<string, Domain>;
  /**
   * Cells with a text that was taken for missing, counted by variable and text; those that are empty are not among
   * them.
   */
  readonly takenForMissing?: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** What the way that a variable was bound, or its files, suggest. */
  readonly advice?: readonly Advice[];
}

/** Notes and warnings; warnings are about the values, and kept with a model that is fitted to them. */
export interface Advice extends Diagnostic {
  readonly severity: "note" | "warning";
  readonly variable: string;
  readonly hint: string;
}

/** Some rows of a data set that is read or written in parts; without ids, rows are numbered from 0. */
export interface DatasetBlock extends Omit<Dataset, "ids"> {
  /** The place of its first row among all. */
  readonly firstRow: number;
  readonly ids: Texts | null;
}

/** Cells of a column that are missing, where it was read so that they may be. */
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
