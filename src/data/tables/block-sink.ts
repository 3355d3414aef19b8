/** The destination of a data set's blocks, and the columns of a table made from them. */

import type { Numbers } from "../columns/column-cells.js";
import { type Column, columnRows, type DatasetBlock } from "../columns/dataset.js";
import { rowNumbers, type Texts } from "../columns/texts.js";

export interface BlockSink {
  /** Writes a block; blocks come in order, and all have the same columns. */
  write(block: DatasetBlock): Promise<void>;
  /** The last call: moves the result to its place. */
  finish(): Promise<void>;
  /** Called instead of `finish`: leaves nothing of the result, and keeps what was there before. */
  abort(): Promise<void>;
}

/** One column of a table: numbers, texts, or codes of levels. */
export type TableCells =
  | { readonly kind: "numbers"; readonly name: string; readonly values: Numbers }
  | { readonly kind: "texts"; readonly name: string; readonly texts: Texts }
  | { readonly kind: "levels"; readonly name: string; readonly codes: Int32Array; readonly levels: readonly string[] };

/** The columns that hold a variable or noise: one, or one for each element of a vector; images do not have columns. */
export function cellsOf(name: string, column: Column): TableCells[] {
  switch (column.kind) {
    case "numeric":
      return [{ kind: "numbers", name, values: column.values }];
    case "category":
      return [{ kind: "levels", name, codes: column.codes, levels: column.levels }];
    case "vector": {
      const { size, values } = column;
      const rows = columnRows(column);
      return Array.from({ length: size }, (_, element) => ({
        kind: "numbers" as const,
        name: `${name}.${element}`,
        values: Float32Array.from({ length: rows }, (_, row) => values[row * size + element]!),
      }));
    }
    case "image":
      return [];
  }
}

/** The ids of a block's rows; the row numbers from 0 if it does not have ids. */
export function idsOf({ ids, firstRow, rows }: DatasetBlock): Texts {
  return ids ?? rowNumbers(rows, firstRow);
}
