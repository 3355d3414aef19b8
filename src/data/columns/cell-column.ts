/** A column of cells as a table file holds them, before they get a type. */

import type { Numbers } from "./column-cells.js";
import type { Notation } from "./number-notation.js";

export interface Cells {
  readonly file: string;
  /** A name for these cells in messages, e.g. `column "thickness" (t)`. */
  readonly name: string;
  readonly length: number;
  readonly text: (row: number) => string;
  /** The numbers of the cells, NaN if only `text` tells; absent if the cells are texts. */
  readonly numbers?: Numbers;
  /** The way texts spell numbers; by default with a decimal point. */
  readonly notation?: Notation;
  /** Gives a row's place in the file, e.g. `line 17`. */
  readonly place: (row: number) => string;
  /** True if cells may be empty: a missing number is read as NaN, a missing category as the code -1. */
  readonly allowsMissing?: boolean;
}
