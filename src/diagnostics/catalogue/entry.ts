/**
 * One code of the catalogue. Codes are stable: 1xxx syntax, 2xxx names, 3xxx types and shapes, 4xxx graph, 5xxx
 * mechanisms, 6xxx data, 7xxx run, 8xxx model files.
 */
export interface CatalogueEntry {
  readonly code: string;
  /** Whether a command with this error ends as one with a mistake of its own line does; left out, by its group. */
  readonly exit?: "usage";
  readonly title: string;
  /** Absent for errors. */
  readonly severity?: "warning";
  /** Whether a warning is given to everybody; otherwise in pedantic mode only. */
  readonly always?: true;
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
