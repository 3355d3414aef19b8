/** A column of cells as a table file holds them, before they have a type. */

import type { Numbers } from "./column-cells.js";
import type { Notation } from "./number-notation.js";

export interface Cells {
  readonly file: string;
  /** What these cells are, e.g. `column "thickness" (t)`. */
  readonly name: string;
  readonly length: number;
  readonly text: (row: number) => string;
  /** The numbers of the cells, NaN where `text` must be asked; absent where they are texts. */
  readonly numbers?: Numbers;
  /** How texts spell numbers; without it, with a decimal point. */
  readonly notation?: Notation;
  /** Where a row is in the file, e.g. `line 17`. */
  readonly place: (row: number) => string;
  /** Cells may be empty: a missing number is read as NaN, a missing category as the code -1. */
  readonly allowsMissing?: boolean;
}
