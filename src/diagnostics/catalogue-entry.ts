/**
 * One code of the catalogue. Codes are stable: 1xxx syntax, 2xxx names, 3xxx types and shapes, 4xxx graph, 5xxx mechanisms,
 * 6xxx data, 7xxx run, 8xxx model files.
 */
export interface CatalogueEntry {
  readonly code: string;
  readonly title: string;
  /** Absent for errors. A warning is given in pedantic mode only. */
  readonly severity?: "warning";
  /** What it means, why it is so, what to do. */
  readonly explanation: string;
  /** Absent where no text alone can cause it (a missing file, a failed run). */
  readonly examples?: {
    /** Causes this code and no other. */
    readonly bad: string;
    /** The same, put right. */
    readonly good: string;
  };
}
