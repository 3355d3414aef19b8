/**
 * Cells as CSV texts (RFC 4180), and numbers as the shortest decimals that read back to the same number: in double
 * precision, or in single precision if the values came from float32.
 */

export type Precision = "float32" | "float64";

export function formatNumber(value: number, precision: Precision): string {
  if (precision === "float64" || !Number.isFinite(value) || value === 0)
    return Object.is(value, -0) ? "-0" : String(value);
  return formatSingle(Math.fround(value));
}

/** A float32 always keeps six digits, and nine digits always tell two of them apart. */
const fewestDigits = 6;
const mostDigits = 9;
const powersOfTen = Float64Array.from({ length: 23 }, (_, power) => 10 ** power);

function formatSingle(single: number): string {
  const magnitude = Math.floor(Math.log10(Math.abs(single)));
  for (let digits = fewestDigits; digits < mostDigits; digits++) {
    const decimals = digits - 1 - magnitude;
    // A whole number divided by an exact power of ten is the double next to that decimal, as reading it back gives.
    const decimal =
      decimals >= 0 && decimals <= 22
        ? Math.round(single * powersOfTen[decimals]!) / powersOfTen[decimals]!
        : Number(single.toPrecision(digits));
    if (Math.fround(decimal) === single) return String(decimal);
  }
  return String(Number(single.toPrecision(mostDigits)));
}

export function quote(text: string): string {
  // An empty cell is quoted too: alone in its line it would be a blank line.
  return /[",;|\t\r\n]|^\s|\s$|^$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The cell of a missing level. */
export const missingCell = quote("");
