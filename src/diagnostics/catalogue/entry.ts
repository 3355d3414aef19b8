/**
 * One code of the catalogue. Codes are stable: 1xxx syntax, 2xxx names, 3xxx types and shapes, 4xxx graph, 5xxx
 * mechanisms, 6xxx data, 7xxx run, 8xxx model files.
 */
export interface CatalogueEntry {
  readonly code: string;
  /**
   * `usage` if a command with this error ends as if its own command line were wrong; if left out, the code's group
   * decides.
   */
  readonly exit?: "usage";
  readonly title: string;
  /** Absent for errors. */
  readonly severity?: "warning";
  /** True if the warning is always given; otherwise it is given in pedantic mode only. */
  readonly always?: true;
  /** The explanation: what the diagnostic means, why, and what to do. */
  readonly explanation: string;
  /** Absent if a program's text alone cannot cause it (a missing file, a failed run). */
  readonly examples?: {
    /** A program that causes this code and no other. */
    readonly bad: string;
    /** The same program without the error. */
    readonly good: string;
  };
}
