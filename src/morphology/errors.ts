/** Errors of the image operators, which name the row of a batch if it is known. */

export class MorphologyError extends Error {
  override readonly name = "MorphologyError";

  constructor(
    /** The problem, without the row. */
    readonly reason: string,
    /** Zero-based row of the batch. */
    readonly row?: number,
  ) {
    super(row === undefined ? reason : `row ${row}: ${reason}`);
  }
}

/** The reason why an image cannot be measured: its range is too small to find ink. */
export const noInk = "the image has no ink: its grey levels hardly differ";

/** The problem with an argument that must be a number above zero; undefined if it is one. */
export function notAboveZero(name: string, unit: string, value: number): string | undefined {
  if (value > 0 && Number.isFinite(value)) return undefined;
  return `the ${name} must be above 0 ${unit}, not ${value}`;
}

/** Throws a MorphologyError unless the argument is a number above zero. */
export function requireAboveZero(name: string, unit: string, value: number): void {
  const problem = notAboveZero(name, unit, value);
  if (problem !== undefined) throw new MorphologyError(problem);
}
