/** The cells of one column of a table, before they are bound to a variable. */

export type Numbers = Float64Array | Float32Array;
export type DecimalSign = "." | ",";

/** One column's cells, rows from 0. */
export interface ColumnCells {
  readonly text: (row: number) => string;
  /** The numbers of the cells, NaN if only `text` tells; absent if the column holds texts. */
  readonly numbers?: Numbers;
  /** The type of a column that cannot be read as cells, e.g. `timestamp`; its cells must not be asked for. */
  readonly unreadable?: string;
  /**
   * Present for a column of lists of numbers, which cannot be read as cells: gives the list of a row, null if it is
   * missing. A missing element is NaN.
   */
  readonly lists?: (row: number) => ArrayLike<number> | null;
}
