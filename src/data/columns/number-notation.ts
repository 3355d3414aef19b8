/**
 * The spelling of numbers in texts: with a decimal point or, if a manifest says so, with a comma and with signs between
 * thousands.
 */

export interface Notation {
  readonly decimal: "." | ",";
  /**
   * The sign between groups of three digits; without it, groups are read only if a decimal sign of the other kind
   * follows them.
   */
  readonly thousands?: string;
}

export const pointNotation: Notation = { decimal: "." };

const infinityPattern = /^[+-]?inf(inity)?$/i;
const numberPattern = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const grouped = /^[+-]?\d{1,3}(?:T\d{3})+(?:D\d*)?$/;
/** The kinds of space that are written between thousands: plain, no-break, thin, narrow no-break. */
const spaces = "[ \\u00a0\\u2009\\u202f]";

/** The number that a cell spells; infinite if it says so or is too large, undefined if it does not spell a number. */
export function parseNumber(text: string, notation: Notation = pointNotation): number | undefined {
  const plain = text.trim();
  const spelt = notation === pointNotation ? plain : inPoints(plain, notation);
  if (numberPattern.test(spelt)) return Number(spelt);
  if (infinityPattern.test(plain)) return plain.startsWith("-") ? -Infinity : Infinity;
  return undefined;
}

/**
 * The text rewritten with a decimal point and without groups; a text that is not a number in this notation becomes one
 * that is not a number at all.
 */
function inPoints(text: string, { decimal, thousands }: Notation): string {
  let plain = text;
  if (thousands !== undefined && groupPattern(thousands, decimal).test(text))
    plain = text.replaceAll(new RegExp(signPattern(thousands), "g"), "");
  else if (thousands === undefined && decimal === "," && /^[+-]?\d{1,3}(\.\d{3})+,\d+$/.test(text))
    plain = text.replaceAll(".", "");
  if (decimal === ".") return plain;
  return plain.includes(".") ? "" : plain.replace(",", ".");
}

function groupPattern(thousands: string, decimal: string): RegExp {
  return new RegExp(grouped.source.replace("T", signPattern(thousands)).replace("D", `\\${decimal}`));
}

function signPattern(thousands: string): string {
  return thousands === " " ? spaces : `\\${thousands}`;
}

/** The possible meanings of the commas in a text: decimal sign, sign between thousands, or either. */
export type CommaNumber = "decimal" | "either" | "thousands";

/**
 * `1,5` and `1.234,5` have a decimal comma; `1,234,567` and `1,234.5` have commas between thousands; `1,234` may be
 * either. Undefined for every other text.
 */
export function commaNumber(text: string): CommaNumber | undefined {
  const plain = text.trim();
  if (/^[+-]?[1-9]\d{0,2},\d{3}$/.test(plain)) return "either";
  if (/^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$/.test(plain) && !/^[+-]?0/.test(plain)) return "thousands";
  if (/^[+-]?(\d*|\d{1,3}(\.\d{3})+),\d+([eE][+-]?\d+)?$/.test(plain)) return "decimal";
  return undefined;
}
