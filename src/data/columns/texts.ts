/** Texts by row, from any source: an array of strings, the cells of a column, or the numbers of the rows. */

export interface Texts extends Iterable<string> {
  readonly length: number;
  at(row: number): string | undefined;
}

/** Texts that are made when they are asked for. */
export function textsOf(length: number, text: (row: number) => string): Texts {
  return {
    length,
    at: (row) => (row >= 0 && row < length ? text(row) : undefined),
    *[Symbol.iterator]() {
      for (let row = 0; row < length; row++) yield text(row);
    },
  };
}

/** `first`, `first + 1`, …: the names of rows without ids. */
export function rowNumbers(length: number, first = 0): Texts {
  return textsOf(length, (row) => String(first + row));
}
