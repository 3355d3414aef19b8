/** Pearson's test of equal frequencies, with the false-alarm rate of 1e-6 that all statistical tests here state. */

/** The value that the statistic exceeds with probability 1e-6 at 15 degrees of freedom, that is, for 16 cells. */
export const chiSquareBoundOf16 = 56.4934;

/** The sum of (observed - expected)² / expected over cells that should be equally full. */
export function chiSquareOfEqual(counts: ArrayLike<number>): number {
  const cells = Array.from(counts);
  const expected = cells.reduce((sum, count) => sum + count, 0) / cells.length;
  return cells.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}
