/**
 * Random words to numbers strictly between 0 and 1. Midpoints of equal cells: with as many cells as these, neither end
 * is reached even after rounding, so logarithms and inverse distribution functions stay finite.
 */

/** The midpoints of 2^23 cells, all of them float32 numbers (with 2^24 the largest would round to 1). */
export function unit32(word: number): number {
  return ((word >>> 9) + 0.5) * 2 ** -23;
}

/** The midpoints of 2^52 cells, all of them float64 numbers. */
export function unit64(high: number, low: number): number {
  return ((high >>> 0) * 2 ** 20 + (low >>> 12) + 0.5) * 2 ** -52;
}
