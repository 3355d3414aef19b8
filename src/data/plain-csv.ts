/**
 * Rows of a CSV table without quotes: bytes cut at delimiters and line ends. Cells stay bytes until somebody asks for a text, and a
 * column asked for as numbers is read from them directly.
 */
import { requireEven } from "./csv.js";
import type { ColumnCells, Table } from "./table.js";

const newline = 0x0a;
const carriageReturn = 0x0d;

export interface PlainRows {
  readonly table: Table;
  /** Lines of the file that these bytes are. */
  readonly lines: number;
}

/** `value` is absent where the bytes need a full parser: line ends of carriage returns alone. */
export function plainRows(
  bytes: Buffer,
  file: string,
  header: readonly string[],
  delimiter: string,
  linesBefore: number,
): { readonly value?: PlainRows } {
  const separator = delimiter.charCodeAt(0);
  const width = header.length;
  /** Start and end of every cell of the rows that are as wide as the header, trimmed. */
  let bounds = new Uint32Array(1 << 16);
  let cells = 0;
  const rowLines: number[] = [];
  const fields: number[] = [];
  let lines = 0;
  for (let start = 0; start < bytes.length; ) {
    lines++;
    let end = bytes.indexOf(newline, start);
    if (end < 0) end = bytes.length;
    const next = end + 1;
    if (end > start && bytes[end - 1] === carriageReturn) end--;
    if (end > start) {
      const firstCell = cells;
      for (let from = start; from <= end; ) {
        let to = from;
        for (; to < end && bytes[to] !== separator; to++) if (bytes[to] === carriageReturn) return {};
        if (2 * cells + 2 > bounds.length) bounds = grown(bounds);
        bounds[2 * cells] = skipSpace(bytes, from, to);
        bounds[2 * cells + 1] = skipSpaceBack(bytes, bounds[2 * cells]!, to);
        cells++;
        from = to + 1;
      }
      const found = cells - firstCell;
      if (found === 1 && bounds[2 * firstCell] === bounds[2 * firstCell + 1]) cells = firstCell;
      else {
        fields.push(found);
        rowLines.push(linesBefore + lines);
        // Uneven rows are reported below; their cells must not shift those of the others.
        if (found !== width) cells = firstCell + width;
      }
    }
    start = next;
  }
  requireEven(
    file,
    header,
    fields.length,
    (row) => fields[row]!,
    (row) => rowLines[row]!,
  );
  return { value: { table: plainTable(file, header, bytes, bounds, rowLines), lines } };
}

function plainTable(
  file: string,
  header: readonly string[],
  bytes: Buffer,
  bounds: Uint32Array,
  rowLines: readonly number[],
): Table {
  const width = header.length;
  const rows = rowLines.length;
  const columns = new Map<number, ColumnCells>();
  const cells = (column: number): ColumnCells => {
    const numbers = new Float64Array(rows);
    let texts = 0;
    for (let row = 0; row < rows; row++) {
      const at = 2 * (row * width + column);
      const value = plainNumber(bytes, bounds[at]!, bounds[at + 1]!);
      numbers[row] = value;
      if (Number.isNaN(value)) texts++;
    }
    const text = (row: number): string => {
      const at = 2 * (row * width + column);
      return bytes.toString("utf8", bounds[at], bounds[at + 1]);
    };
    // The texts of a column without numbers are all that is wanted of it.
    return texts === rows ? { text } : { text, numbers };
  };
  return {
    file,
    header,
    rows,
    cells(column) {
      const known = columns.get(column) ?? cells(column);
      columns.set(column, known);
      return known;
    },
    place: (row) => `line ${rowLines[row]}`,
  };
}

function grown(bounds: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * bounds.length);
  larger.set(bounds);
  return larger;
}

/** What csv-parse trims: space, tab, form feed. */
function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0c;
}

function skipSpace(bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && isSpace(bytes[at])) at++;
  return at;
}

function skipSpaceBack(bytes: Buffer, from: number, to: number): number {
  let at = to;
  while (at > from && isSpace(bytes[at - 1])) at--;
  return at;
}

const powersOfTen = Float64Array.from({ length: 23 }, (_, power) => 10 ** power);

/**
 * The number that the bytes spell as digits with at most one point: exactly what `Number` gives, since a whole number below 2^53
 * divided by an exact power of ten is rounded once (Clinger, 1990). NaN for everything else, which need not be no number.
 */
export function plainNumber(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  const isNegative = bytes[at] === 0x2d;
  if (isNegative || bytes[at] === 0x2b) at++;
  let digits = 0;
  let decimals = -1;
  let value = 0;
  for (; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === 0x2e && decimals < 0) decimals = 0;
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
