/** Reads numbers directly from bytes, without making a text. */

const powersOfTen = Float64Array.from({ length: 23 }, (_, power) => 10 ** power);

/**
 * The number that the bytes spell as digits with at most one decimal sign: exactly what `Number` gives, since a whole
 * number below 2^53 divided by an exact power of ten is rounded once (Clinger, 1990). NaN for everything else, which
 * may still be a number.
 */
export function plainNumber(bytes: Uint8Array, start: number, end: number, decimalSign = 0x2e): number {
  let at = start;
  const isNegative = bytes[at] === 0x2d;
  if (isNegative || bytes[at] === 0x2b) at++;
  let digits = 0;
  let decimals = -1;
  let value = 0;
  for (; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === decimalSign && decimals < 0) decimals = 0;
    else if (byte >= 0x30 && byte <= 0x39) {
      value = 10 * value + (byte - 0x30);
      digits++;
      if (decimals >= 0) decimals++;
    } else return Number.NaN;
  }
  // Fifteen digits are below 2^53.
  if (digits === 0 || digits > 15) return Number.NaN;
  if (decimals > 0) value /= powersOfTen[decimals]!;
  return isNegative ? -value : value;
}

/**
 * The number of decimals with which `toFixed` gives the same bytes again; that is exact, since a double keeps fifteen
 * digits. Undefined if the number is spelled in another way, such as `+5`, `05`, `.5`, `5.` and `-0`.
 */
export function decimalsOf(
  value: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  decimalSign: number,
): number | undefined {
  const first = value < 0 ? start + 1 : start;
  const leading = bytes[first]!;
  if (leading < 0x30 || leading > 0x39) return undefined;
  let at = first + 1;
  while (at < end && bytes[at] !== decimalSign) at++;
  if (leading === 0x30 && at > first + 1) return undefined;
  if (at === end) return 0;
  return at + 1 === end ? undefined : end - at - 1;
}
