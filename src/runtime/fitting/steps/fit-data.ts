/** The rows that a mechanism is fitted to. */
import type { Rows } from "../../tensors/core/rows.js";

/** A variable's rows and its parents', by name. */
export interface FitData {
  readonly value: Rows;
  readonly parents: Readonly<Record<string, Rows>>;
  /** Sampling weights above 0, `[rows]`; all rows count alike where they are left out. */
  readonly weights?: Float64Array;
}
