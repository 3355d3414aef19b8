/** A number in a message, without the digits that come only from rounding (0.8999999999999999). */

/** The number of significant digits that shows a number's size. */
const usualDigits = 6;
const allDigits = 17;

/** The number with the usual digits; it gets more digits only until `isStill` holds, so the message stays true. */
export function shortNumber(value: number, isStill: (shown: number) => boolean = () => true): string {
  for (let digits = usualDigits; digits < allDigits; digits++) {
    const shown = Number(value.toPrecision(digits));
    if (isStill(shown)) return String(shown);
  }
  return String(value);
}
