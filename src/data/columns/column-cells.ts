/** The cells of one column of a table, before they are bound to a variable. */

export type Numbers = Float64Array | Float32Array;
export type DecimalSign = "." | ",";

/** One column's cells, rows from 0. */
export interface ColumnCells {
  readonly text: (row: number) => string;
  /** The numbers of the cells, NaN where `text` must be asked; absent where the column holds texts. */
  readonly numbers?: Numbers;
  /** Why the column cannot be read as cells, e.g. `timestamp`: no cell may be asked for. */
  readonly unreadable?: string;
  /**
   * Of a column of lists of numbers, which is unreadable as cells: the list of a row, null where it is missing. A
   * missing element is NaN.
   */
  readonly lists?: (row: number) => ArrayLike<number> | null;
}
