/**
 * Reads the start of a CSV table: lines before the header (Excel's `sep=;`, `#` comments), the separator, and the
 * columns' names. The separator is the one of comma, semicolon, tab and bar for which the first rows agree best with
 * the header.
 */

import { parseNumber } from "../columns/number-notation.js";
import { CsvFault, rowTexts, type ScannedRows, scanRows } from "./csv-scan.js";

export interface CsvHeader {
  readonly names: readonly string[];
  /** The byte between cells. */
  readonly separator: number;
  /** The byte at which the rows start, and its line. */
  readonly used: number;
  readonly nextLine: number;
}

const separators = [",", ";", "\t", "|"];
/** The number of rows that decide the separator. */
const rowsLookedAt = 20;
const sepLine = /^"?sep=(.)"?[ \t]*$/i;

/** Undefined if the bytes hold only blank lines, or cut the header short. */
export function readHeader(bytes: Buffer, isLast: boolean): CsvHeader | undefined {
  let used = 0;
  let line = 1;
  let stated: number | undefined;
  for (;;) {
    const rest = bytes.subarray(used);
    const next = lineOf(rest, isLast);
    if (next === undefined) return undefined;
    const { text, length } = next;
    const sep = line === 1 ? sepLine.exec(text)?.[1] : undefined;
    if (sep !== undefined) stated = sep.charCodeAt(0);
    else if (text.trim() !== "" && !isComment(text, rest.subarray(length), isLast, stated)) break;
    used += length;
    line++;
  }
  const rest = bytes.subarray(used);
  const separator = stated ?? separatorOf(rest, isLast, line);
  const scanned = scanRows(rest, { separator, isLast, line, most: 1 });
  if (scanned.rows === 0) return undefined;
  // numpy.savetxt writes `# dose,response`.
  const names = rowTexts(rest, scanned, 0).map((name, at) => (at === 0 ? name.replace(/^#\s+/, "") : name));
  return { names, separator, used: used + scanned.used, nextLine: scanned.nextLine };
}

/** The first line and its length in bytes including its end; undefined if there is none or it is cut short. */
function lineOf(bytes: Buffer, isLast: boolean): { text: string; length: number } | undefined {
  let end = 0;
  while (end < bytes.length && bytes[end] !== 0x0a && bytes[end] !== 0x0d) end++;
  if (end === bytes.length && (!isLast || end === 0)) return undefined;
  const isPair = bytes[end] === 0x0d && bytes[end + 1] === 0x0a;
  return { text: bytes.toString("utf8", 0, end), length: Math.min(bytes.length, end + (isPair ? 2 : 1)) };
}

/**
 * True for a line that starts with `#`, unless it names columns. It does if the next line has as many cells, with a
 * number among them, as in `#id,age` above `1,37`; if a space follows the sign, all of those cells must be numbers.
 */
function isComment(text: string, rest: Buffer, isLast: boolean, stated: number | undefined): boolean {
  const plain = text.trimStart().replace(/^"/, "");
  if (!plain.startsWith("#")) return false;
  if (/^##/.test(plain) || plain === "#") return true;
  // With a space after the sign, all cells below must be numbers.
  const isLoose = /^#\s/.test(plain);
  const own = Buffer.from(`${text}\n`);
  const candidates = stated === undefined ? separators.map((each) => each.charCodeAt(0)) : [stated];
  return !candidates.some((separator) => {
    const names = attempt(own, { separator, isLast: true, line: 1, most: 1 });
    const values = attempt(rest, { separator, isLast, line: 1, most: 1 });
    if (names?.rows !== 1 || values?.rows !== 1 || names.firstCells[1]! < 2) return false;
    if (names.firstCells[1] !== values.firstCells[1]) return false;
    const isNumber = (cell: string) => parseNumber(cell) !== undefined;
    const below = rowTexts(rest, values, 0);
    return isLoose ? below.every(isNumber) : below.some(isNumber);
  });
}

/** The separator. A single column does not have one; a comma in its rows is then part of a number. */
function separatorOf(bytes: Buffer, isLast: boolean, line: number): number {
  const found = separators.flatMap((each) => {
    const separator = each.charCodeAt(0);
    const scanned = attempt(bytes, { separator, isLast, line, most: 1 + rowsLookedAt });
    if (scanned === undefined || scanned.rows === 0) return [];
    const widths = Array.from(scanned.lines, (_, row) => scanned.firstCells[row + 1]! - scanned.firstCells[row]!);
    const [width = 1, ...others] = widths;
    return [{ separator, width, agreeing: others.filter((other) => other === width).length }];
  });
  const several = found.filter(({ width }) => width > 1);
  const candidates = several.length > 0 ? several : found;
  if (candidates.length === 0) return separators[0]!.charCodeAt(0);
  return candidates.reduce((best, each) =>
    each.agreeing > best.agreeing || (each.agreeing === best.agreeing && each.width > best.width) ? each : best,
  ).separator;
}

/** Scans the rows; undefined if quotes are broken, which can be the effect of a wrong separator. */
function attempt(bytes: Buffer, options: Parameters<typeof scanRows>[1]): ScannedRows | undefined {
  try {
    return scanRows(bytes, options);
  } catch (error) {
    if (error instanceof CsvFault) return undefined;
    throw error;
  }
}
