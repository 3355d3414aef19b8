/** Decides from the first rows if the numbers of a CSV table have a decimal comma. */
import { commaNumber } from "../columns/number-notation.js";
import type { CsvHeader } from "./csv-header.js";
import { CsvFault, cellText, type ScannedRows, scanRows } from "./csv-scan.js";

const rowsLookedAt = 1000;
const comma = 0x2c;

/**
 * A decimal comma needs three things: another sign separates cells, some cells are certainly numbers with a decimal
 * comma (in `12,500` it may stand between thousands), and none has a decimal point. A table has one decimal sign:
 * beside a decimal comma, the point of `1.234` stands between thousands, and is refused until the manifest says so.
 */
export function guessDecimal(bytes: Buffer, { names, separator, nextLine }: CsvHeader, isLast: boolean): "." | "," {
  // In a single column, a comma may separate names of rows.
  if (separator === comma || names.length < 2) return ".";
  const scanned = scanStart(bytes, separator, nextLine, isLast);
  const counts = { decimal: 0, thousands: 0, either: 0 };
  let points = 0;
  for (let cell = 0; cell < (scanned?.firstCells.at(-1) ?? 0); cell++) {
    const text = cellText(bytes, scanned!, cell).trim();
    const kind = commaNumber(text);
    if (kind !== undefined) counts[kind]++;
    else if (!isGrouped.test(text) && /^[+-]?(\d*\.\d+|\d+\.)([eE][+-]?\d+)?$/.test(text)) points++;
  }
  return counts.decimal > 0 && counts.thousands === 0 && points === 0 ? "," : ".";
}

/** `1.234` and `12.345.678`: three digits after each point. */
const isGrouped = /^[+-]?\d{1,3}(\.\d{3})+$/;

function scanStart(bytes: Buffer, separator: number, line: number, isLast: boolean): ScannedRows | undefined {
  try {
    return scanRows(bytes, { separator, isLast, line, most: rowsLookedAt });
  } catch (error) {
    // The rows are read again later, and their problems are reported then.
    if (error instanceof CsvFault) return undefined;
    throw error;
  }
}
