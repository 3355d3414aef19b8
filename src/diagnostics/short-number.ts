/**
 * A number in a message, without the digits that only rounding left there (0.8999999999999999).
 */

/** Significant digits of a number that is shown for its size. */
const usualDigits = 6;
const allDigits = 17;

/** More digits than usual only where the number would otherwise no longer be what the message says that it is. */
export function shortNumber(value: number, isStill: (shown: number) => boolean = () => true): string {
  for (let digits = usualDigits; digits < allDigits; digits++) {
    const shown = Number(value.toPrecision(digits));
    if (isStill(shown)) return String(shown);
  }
  return String(value);
}
