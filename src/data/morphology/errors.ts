/** Errors of the image operators, which name the row of a batch where they can. */

export class MorphologyError extends Error {
  override readonly name = "MorphologyError";

  constructor(
    /** What is wrong, without the row. */
    readonly reason: string,
    /** Zero-based row of the batch. */
    readonly row?: number,
  ) {
    super(row === undefined ? reason : `row ${row}: ${reason}`);
  }
}

/** Why an image cannot be measured: there is no range in which to find ink. */
export const noInk = "the image has no ink: all its pixels have the same grey level";
