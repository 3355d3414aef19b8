/**
 * Cuts the bytes of a CSV table (RFC 4180) into rows of cells. Cells stay bytes until a text is asked for. A line ends
 * with a line feed, a carriage return, or both; outside quotes, cells are trimmed; blank lines are skipped.
 */

const newline = 0x0a;
const carriageReturn = 0x0d;
const quote = 0x22;

/** Rows of any width, as positions in the bytes. */
export interface ScannedRows {
  readonly rows: number;
  /** The start and end of every cell: two numbers per cell. */
  readonly bounds: Uint32Array;
  /** The index of each row's first cell, and at the end the number of cells. */
  readonly firstCells: readonly number[];
  /** The line on which each row starts. */
  readonly lines: readonly number[];
  /** Cells in which two quotes stand for one quote. */
  readonly doubled: ReadonlySet<number>;
  /** The number of bytes up to the end of the last whole row; later bytes belong to a row that is cut short. */
  readonly used: number;
  /** The line of the first byte after `used`. */
  readonly nextLine: number;
}

export interface ScanOptions {
  /** The byte between cells. */
  readonly separator: number;
  /** True if no bytes follow, so a row without a line end is whole. */
  readonly isLast: boolean;
  /** The line of the first byte. */
  readonly line: number;
  /** The cap on rows scanned. */
  readonly most?: number;
}

/** The fault of broken quotes, with its line. */
export class CsvFault extends Error {
  constructor(
    readonly line: number,
    message: string,
  ) {
    super(message);
  }
}

export function scanRows(bytes: Buffer, options: ScanOptions): ScannedRows {
  const scan = new Scan(bytes, options);
  const most = options.most ?? Number.POSITIVE_INFINITY;
  while (scan.used < bytes.length && scan.lines.length < most && scan.row());
  return scan.result();
}

class Scan {
  used = 0;
  readonly lines: number[] = [];
  private readonly firstCells: number[] = [];
  private readonly doubled = new Set<number>();
  private bounds = new Uint32Array(1 << 12);
  private cells = 0;
  private line: number;
  private readonly separator: number;
  private readonly isLast: boolean;
  /** 1 for each byte that ends an unquoted cell. */
  private readonly ends = new Uint8Array(256);

  constructor(
    private readonly bytes: Buffer,
    { separator, isLast, line }: ScanOptions,
  ) {
    this.separator = separator;
    this.isLast = isLast;
    this.line = line;
    for (const byte of [separator, newline, carriageReturn, quote]) this.ends[byte] = 1;
  }

  /** Takes one row or blank line; returns false if the bytes cut it short. */
  row(): boolean {
    const { bytes, isLast } = this;
    const { length } = bytes;
    const firstCell = this.cells;
    const startLine = this.line;
    let at = this.used;
    let wasQuoted = false;
    for (;;) {
      const from = this.skipSpace(at);
      wasQuoted = bytes[from] === quote;
      at = wasQuoted ? this.quotedCell(from) : this.plainCell(from);
      if (at < 0 || (at >= length && !isLast)) return this.cutShort(firstCell, startLine);
      if (at >= length) break;
      if (bytes[at] === this.separator) {
        at++;
        continue;
      }
      if (bytes[at] === carriageReturn) {
        if (at + 1 === length && !isLast) return this.cutShort(firstCell, startLine);
        at += bytes[at + 1] === newline ? 2 : 1;
      } else at++;
      this.line++;
      break;
    }
    this.used = at;
    const isBlank =
      this.cells === firstCell + 1 && !wasQuoted && this.bounds[2 * firstCell] === this.bounds[2 * firstCell + 1];
    if (isBlank) this.cells = firstCell;
    else {
      this.firstCells.push(firstCell);
      this.lines.push(startLine);
    }
    return true;
  }

  result(): ScannedRows {
    const { lines, bounds, doubled, used, line } = this;
    const firstCells = [...this.firstCells, this.cells];
    return { rows: lines.length, bounds, firstCells, lines, doubled, used, nextLine: line };
  }

  private cutShort(firstCell: number, line: number): false {
    this.cells = firstCell;
    this.line = line;
    return false;
  }

  /** Takes the cell and returns its end. */
  private plainCell(from: number): number {
    const { bytes, ends } = this;
    const { length } = bytes;
    let to = from;
    while (to < length && ends[bytes[to]!] === 0) to++;
    if (bytes[to] === quote) throw new CsvFault(this.line, "a quote stands inside an unquoted cell");
    let end = to;
    while (end > from && this.isSpace(bytes[end - 1])) end--;
    this.push(from, end);
    return to;
  }

  /**
   * Takes the cell whose quote opens at `from` and returns the place of the separator after it; -1 if the bytes cut it
   * short.
   */
  private quotedCell(from: number): number {
    const { bytes, isLast } = this;
    const opened = this.line;
    let to = from + 1;
    for (;;) {
      to = bytes.indexOf(quote, to);
      if (to < 0 && isLast) throw new CsvFault(opened, "a quote is opened and never closed");
      if (to < 0 || (to + 1 === bytes.length && !isLast)) return -1;
      if (bytes[to + 1] !== quote) break;
      this.doubled.add(this.cells);
      to += 2;
    }
    for (let at = from + 1; at < to; at++)
      if (bytes[at] === newline || (bytes[at] === carriageReturn && bytes[at + 1] !== newline)) this.line++;
    this.push(from + 1, to);
    const next = this.skipSpace(to + 1);
    const byte = bytes[next];
    if (byte !== undefined && byte !== this.separator && byte !== newline && byte !== carriageReturn)
      throw new CsvFault(this.line, "text follows a closing quote");
    return next;
  }

  private push(from: number, to: number): void {
    const at = 2 * this.cells;
    if (at + 2 > this.bounds.length) {
      const larger = new Uint32Array(2 * this.bounds.length);
      larger.set(this.bounds);
      this.bounds = larger;
    }
    this.bounds[at] = from;
    this.bounds[at + 1] = to;
    this.cells++;
  }

  private skipSpace(from: number): number {
    let at = from;
    while (this.isSpace(this.bytes[at])) at++;
    return at;
  }

  /** True for space, tab and form feed, unless they separate cells. */
  private isSpace(byte: number | undefined): boolean {
    return (byte === 0x20 || byte === 0x09 || byte === 0x0c) && byte !== this.separator;
  }
}

/** The text of a cell. */
export function cellText(bytes: Buffer, { bounds, doubled }: ScannedRows, cell: number): string {
  const text = bytes.toString("utf8", bounds[2 * cell], bounds[2 * cell + 1]);
  return doubled.has(cell) ? text.replaceAll('""', '"') : text;
}

/** The texts of a row. */
export function rowTexts(bytes: Buffer, scanned: ScannedRows, row: number): string[] {
  const first = scanned.firstCells[row]!;
  return Array.from({ length: scanned.firstCells[row + 1]! - first }, (_, k) => cellText(bytes, scanned, first + k));
}
