/** Reads a CSV table of any size in parts (RFC 4180, with a header line), gzipped or not, in UTF-8 or UTF-16. */
import { isUtf8 } from "node:buffer";
import { failure, ScmcError } from "../../diagnostics/diagnostic.js";
import { BadRows } from "../columns/bad-rows.js";
import { decimalsOf, plainNumber } from "../columns/plain-number.js";
import type { TablePart, TableSource } from "../columns/table.js";
import { kindOfFile } from "../files/file-kinds.js";
import { notText } from "../files/read-bytes.js";
import { readTextPieces } from "../files/text-pieces.js";
import { type CsvHeader, readHeader } from "./csv-header.js";
import { CsvFault, cellText, type ScannedRows, scanRows } from "./csv-scan.js";
import { guessDecimal } from "./guess-decimal.js";

const role = "the table";
/** The cap on bytes of one row; a longer row means that something is wrong with the file. */
const longestRow = 1 << 26;

/** Reads the header; the rows are read on demand, from the start of the file. */
export async function openCsv(file: string): Promise<TableSource> {
  const { header, decimal } = await readStart(file);
  return {
    file,
    header: header.names,
    rows: null,
    decimal,
    lineWord: "line",
    async *parts() {
      let rows = 0;
      for await (const part of partsOf(file, header)) {
        rows += part.rows;
        yield part;
      }
      if (rows === 0)
        throw failure("6007", file, "the table has a header and no rows", "Check that the data was exported as well.");
    },
  };
}

async function readStart(file: string): Promise<{ header: CsvHeader; decimal: "." | "," }> {
  for await (const { bytes, isLast } of growing(file)) {
    const header = faultsNamed(file, () => readHeader(bytes, isLast));
    if (header === undefined) continue;
    checkText(bytes.subarray(0, header.used), file, 1);
    return { header, decimal: guessDecimal(bytes.subarray(header.used), header, isLast) };
  }
  throw failure("6007", file, "the table is empty", "It needs a header line with the columns' names, then the rows.");
}

/** Longer and longer parts of the start of the file; `isLast` is true for the whole file. */
async function* growing(file: string): AsyncGenerator<{ bytes: Buffer; isLast: boolean }> {
  let bytes: Buffer = Buffer.alloc(0);
  for await (const piece of readTextPieces(file, role)) {
    bytes = Buffer.concat([bytes, piece]);
    if (kindOfFile(bytes) !== undefined) throw notText(bytes, file, role);
    yield { bytes, isLast: false };
    requireShort(bytes, file, 1);
  }
  yield { bytes, isLast: true };
}

async function* partsOf(file: string, header: CsvHeader): AsyncGenerator<TablePart> {
  const { separator } = header;
  const uneven = new UnevenRows(header.names);
  const pieces = readTextPieces(file, role);
  let rest: Buffer = Buffer.alloc(0);
  let toSkip = header.used;
  let line = header.nextLine;
  try {
    for (let isLast = false; !isLast; ) {
      const taken = await take(pieces, rest, toSkip);
      const bytes = taken.bytes.subarray(toSkip);
      toSkip = 0;
      isLast = taken.isLast;
      const scanned = faultsNamed(file, () => scanRows(bytes, { separator, isLast, line }));
      checkText(bytes.subarray(0, scanned.used), file, line);
      uneven.check(scanned);
      if (scanned.rows > 0 && uneven.count === 0) yield partOf(bytes, scanned);
      rest = bytes.subarray(scanned.used);
      line = scanned.nextLine;
      requireShort(rest, file, line);
    }
  } finally {
    await pieces.return(undefined);
  }
  uneven.require(file);
}

/**
 * Takes the remaining bytes and at least as many new ones (at least `least`), so a long row is not scanned over and
 * over.
 */
async function take(
  pieces: AsyncGenerator<Buffer>,
  rest: Buffer,
  least: number,
): Promise<{ bytes: Buffer; isLast: boolean }> {
  const all = [rest];
  for (let size = 0; ; ) {
    const next = await pieces.next();
    if (next.done) return { bytes: Buffer.concat(all), isLast: true };
    all.push(next.value);
    size += next.value.length;
    if (size >= rest.length && size >= least) return { bytes: Buffer.concat(all), isLast: false };
  }
}

function partOf(bytes: Buffer, scanned: ScannedRows): TablePart {
  const { rows, bounds, firstCells, lines, doubled } = scanned;
  return {
    rows,
    copy(column, cells, from, to) {
      const { sign } = cells;
      for (let row = from; row < to; row++) {
        const cell = firstCells[row]! + column;
        // Cells of unnamed columns may be left out at the end of a row.
        const isThere = cell < firstCells[row + 1]!;
        const start = isThere ? bounds[2 * cell]! : 0;
        const end = isThere ? bounds[2 * cell + 1]! : 0;
        const value = plainNumber(bytes, start, end, sign);
        const decimals = decimalsOf(value, bytes, start, end, sign);
        if (!Number.isNaN(value) && decimals !== undefined) cells.addNumber(value, decimals);
        else if (doubled.has(cell)) cells.addText(cellText(bytes, scanned, cell));
        else cells.addBytes(bytes, start, end, value);
      }
    },
    line: (row) => lines[row]!,
  };
}

/**
 * Collects rows that have more or fewer cells than the header. A separator at the end of a line is not a cell: a row
 * may have empty cells beyond the header, and may lack cells of unnamed columns at its end.
 */
class UnevenRows {
  count = 0;
  private readonly least: number;
  private readonly places = new Map<number, string>();
  private readonly bad = new BadRows((row) => this.places.get(row)!);

  constructor(private readonly header: readonly string[]) {
    this.least = 1 + header.findLastIndex((name) => name !== "");
  }

  check({ rows, firstCells, bounds, lines }: ScannedRows): void {
    const width = this.header.length;
    for (let row = 0; row < rows; row++) {
      const first = firstCells[row]!;
      const found = firstCells[row + 1]! - first;
      if (found === width || (found < width && found >= this.least)) continue;
      const hasOnlyBlanksBeyond = found > width && isBlank(bounds.subarray(2 * (first + width), 2 * (first + found)));
      if (hasOnlyBlanksBeyond) continue;
      if (this.places.size < 5) this.places.set(this.count, `line ${lines[row]} (${found})`);
      this.bad.add(this.count++);
    }
  }

  require(file: string): void {
    const width = this.header.length;
    const diagnostics = this.bad.diagnostics({
      code: "6006",
      file,
      message: `the header has ${width} ${width === 1 ? "field" : "fields"}, but ${this.bad.counted("row has", "rows have")} another number of them`,
      hint: "Put cells that hold the delimiter in double quotes, and complete rows that are cut short.",
    });
    if (diagnostics.length > 0) throw new ScmcError(diagnostics);
  }
}

function isBlank(bounds: Uint32Array): boolean {
  for (let at = 0; at < bounds.length; at += 2) if (bounds[at] !== bounds[at + 1]) return false;
  return true;
}

function faultsNamed<T>(file: string, scan: () => T): T {
  try {
    return scan();
  } catch (error) {
    if (!(error instanceof CsvFault)) throw error;
    throw failure(
      "6006",
      file,
      `line ${error.line}: ${error.message}`,
      'Inside a quoted cell a quote is written twice: "5"" pipe".',
    );
  }
}

function checkText(bytes: Buffer, file: string, line: number): void {
  if (!isUtf8(bytes) || bytes.includes(0)) throw notText(bytes, file, role, line);
}

function requireShort(row: Buffer, file: string, line: number): void {
  if (row.length <= longestRow) return;
  const megabytes = longestRow >> 20;
  const [what, hint] = row.includes(0x22)
    ? [
        `a row does not end within ${megabytes} MB: a quote is opened and perhaps never closed`,
        "Close the quote, or write it twice inside a quoted cell.",
      ]
    : [
        `a row does not end within ${megabytes} MB`,
        "Check that this file is a table: a row for each unit, ended by a line end.",
      ];
  throw failure("6006", file, `line ${line}: ${what}`, hint);
}
