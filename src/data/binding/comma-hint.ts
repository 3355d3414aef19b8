/** The hint for cells that are numbers with commas although a decimal point was expected. */
import type { Cells } from "../columns/cell-column.js";
import { commaNumber, parseNumber, pointNotation } from "../columns/number-notation.js";

/** Undefined if some of these rows hold something else. */
export function commaHint(cells: Cells, rows: readonly number[]): string | undefined {
  if (rows.length === 0) return undefined;
  const texts = rows.map((row) => cells.text(row));
  if (cells.notation?.decimal === ",") return pointHint(texts);
  const kinds = new Set(texts.map(commaNumber));
  if (kinds.has(undefined)) return undefined;
  const [text] = texts;
  const decimal = 'write "decimal": "," into the manifest, beside "table" or beside the "column"';
  const thousands = '"thousands": ","';
  if (kinds.has("decimal") && !kinds.has("thousands")) return `These are numbers with a decimal comma: ${decimal}.`;
  if (kinds.has("thousands") && !kinds.has("decimal"))
    return `These are numbers with commas between thousands: write ${thousands} into the manifest, beside the "column".`;
  if (kinds.has("either") && kinds.size === 1)
    return `Commas stand in these numbers. If ${JSON.stringify(text)} has a decimal comma, ${decimal}; if it is above a thousand, ${thousands}.`;
  return undefined;
}

/**
 * The hint for columns with decimal commas: a point may be the decimal sign of this column, or stand between thousands.
 */
function pointHint(texts: readonly string[]): string | undefined {
  if (texts.every((text) => /^[+-]?\d{1,3}(\.\d{3})+$/.test(text.trim())))
    return 'Decimals are written with a comma here. If the points stand between thousands, write "thousands": "." into the manifest; if not, "decimal": "." beside this column.';
  if (texts.every((text) => parseNumber(text, pointNotation) !== undefined))
    return 'Decimals are written with a comma here: write "decimal": "." beside this column in the manifest.';
  return undefined;
}

/** True if most cells of a column are numbers with commas, which are never meant as the names of categories. */
export function isMostlyCommaNumbers(cells: Cells): boolean {
  if (cells.notation?.decimal === ",") return false;
  let numbers = 0;
  let texts = 0;
  for (let row = 0; row < cells.length; row++) {
    // A number with a decimal point is already in `numbers` and does not contain a comma.
    const isKnown = cells.numbers !== undefined && !Number.isNaN(cells.numbers[row]!);
    const text = isKnown ? "0" : cells.text(row).trim();
    if (text === "") continue;
    texts++;
    if (commaNumber(text) !== undefined) numbers++;
  }
  return 2 * numbers > texts;
}
