/** Whether the numbers of a CSV table have a decimal comma, told by its first rows. */
import type { CsvHeader } from "./csv-header.js";
import { CsvFault, cellText, type ScannedRows, scanRows } from "./csv-scan.js";

const rowsLookedAt = 1000;
const comma = 0x2c;

/**
 * A comma where another sign separates cells, some cells are numbers with a comma, and none has a decimal point;
 * `1.234` does not count as one beside `1.234,5`.
 */
export function guessDecimal(bytes: Buffer, { names, separator, nextLine }: CsvHeader, isLast: boolean): "." | "," {
  // In one column alone a comma may separate names of rows.
  if (separator === comma || names.length < 2) return ".";
  const scanned = scanStart(bytes, separator, nextLine, isLast);
  let commas = 0;
  let points = 0;
  let groups = 0;
  let withBoth = 0;
  for (let cell = 0; cell < (scanned?.firstCells.at(-1) ?? 0); cell++) {
    const text = cellText(bytes, scanned!, cell).trim();
    if (/^[+-]?\d*,\d+([eE][+-]?\d+)?$/.test(text)) commas++;
    else if (/^[+-]?\d{1,3}(\.\d{3})+,\d+$/.test(text)) withBoth++;
    else if (/^[+-]?\d{1,3}(\.\d{3})+$/.test(text)) groups++;
    else if (/^[+-]?(\d*\.\d+|\d+\.)([eE][+-]?\d+)?$/.test(text)) points++;
  }
  const vetoes = points + (withBoth > 0 ? 0 : groups);
  return commas + withBoth > 0 && vetoes === 0 ? "," : ".";
}

function scanStart(bytes: Buffer, separator: number, line: number, isLast: boolean): ScannedRows | undefined {
  try {
    return scanRows(bytes, { separator, isLast, line, most: rowsLookedAt });
  } catch (error) {
    // The rows are read again, and what is wrong with them is reported then.
    if (error instanceof CsvFault) return undefined;
    throw error;
  }
}
