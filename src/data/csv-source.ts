/**
 * Reads a CSV table of any size in parts. Lines without quotes, which are nearly all lines of large tables, are cut at their
 * delimiters as bytes, and plain decimals become numbers without ever being texts; from the first quote on, csv-parse reads the
 * rest. Both give the same cells.
 */
import { isUtf8 } from "node:buffer";
import type { Readable } from "node:stream";
import { type CsvError, type Info, parse } from "csv-parse";
import { parse as parseAll } from "csv-parse/sync";
import { readPieces } from "./byte-reader.js";
import { csvOptions, delimiterOf, malformed, noHeader, noRows, recordsTable } from "./csv.js";
import { plainRows } from "./plain-csv.js";
import { notText } from "./read-bytes.js";
import type { Table, TableSource } from "./table.js";

const role = "the table";
const newline = 0x0a;
const quote = 0x22;
/** Records of csv-parse in one part. */
const recordsInPart = 8192;

export async function openCsv(file: string): Promise<TableSource> {
  const pieces = wholeLines(file);
  const first = await pieces.next();
  const start = first.done ? undefined : firstLine(first.value, file);
  if (first.done || start === undefined) {
    await pieces.return(undefined);
    throw noHeader(file);
  }
  const { header, rest } = start;
  let opened = false;
  return {
    file,
    header,
    rows: null,
    async *parts() {
      if (opened) throw new Error(`${file} is read once`);
      opened = true;
      let rows = 0;
      for await (const part of tables(file, start, rest, pieces)) {
        rows += part.rows;
        yield part;
      }
      if (rows === 0) throw noRows(file);
    },
  };
}

interface FirstLine {
  readonly header: readonly string[];
  readonly delimiter: string;
  /** What follows the header line. */
  readonly rest: Buffer;
  readonly lines: number;
}

/** Undefined where there is nothing but blank lines. */
function firstLine(bytes: Buffer, file: string): FirstLine | undefined {
  const text = bytes.toString("utf8");
  const delimiter = delimiterOf(text.trimStart());
  const options = { ...csvOptions(delimiter), info: true, to: 1 } as const;
  let found: { record: string[]; info: Info } | undefined;
  try {
    [found] = parseAll(text, options) as unknown as { record: string[]; info: Info }[];
  } catch (error) {
    throw malformed(file, error);
  }
  if (found === undefined) return undefined;
  // The header may hold line feeds inside quotes: it ends with the line that csv-parse counts.
  let end = 0;
  for (let line = 0; line < found.info.lines && end >= 0; line++) {
    const next = bytes.indexOf(newline, end);
    end = next < 0 ? bytes.length : next + 1;
  }
  return { header: found.record, delimiter, rest: bytes.subarray(end), lines: found.info.lines };
}

/** Pieces of whole lines, checked to be UTF-8; the last may lack its line end. */
async function* wholeLines(file: string): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  for await (const piece of readPieces(file, role)) {
    const end = piece.lastIndexOf(newline) + 1;
    if (end === 0) {
      held.push(piece);
      continue;
    }
    yield checked(Buffer.concat([...held, piece.subarray(0, end)]), file);
    held = [piece.subarray(end)];
  }
  const last = Buffer.concat(held);
  if (last.length > 0) yield checked(last, file);
}

function checked(bytes: Buffer, file: string): Buffer {
  if (!isUtf8(bytes)) throw notText(bytes, file, role);
  return bytes;
}

async function* tables(
  file: string,
  { header, delimiter, lines }: FirstLine,
  rest: Buffer,
  pieces: AsyncGenerator<Buffer>,
): AsyncGenerator<Table> {
  let line = lines;
  let piece: Buffer | undefined = rest;
  while (piece !== undefined) {
    const { value } = piece.includes(quote) ? { value: undefined } : plainRows(piece, file, header, delimiter, line);
    if (value === undefined) {
      yield* quotedRows(file, header, delimiter, line, piece, pieces);
      return;
    }
    if (value.table.rows > 0) yield value.table;
    line += value.lines;
    const next: IteratorResult<Buffer> = await pieces.next();
    piece = next.done ? undefined : next.value;
  }
}

/** The rest of the table through csv-parse. */
async function* quotedRows(
  file: string,
  header: readonly string[],
  delimiter: string,
  linesBefore: number,
  first: Buffer,
  others: AsyncGenerator<Buffer>,
): AsyncGenerator<Table> {
  const { bom: _, ...options } = csvOptions(delimiter);
  const parser = parse({ ...options, info: true });
  const fed = feed(parser, first, others);
  let records: string[][] = [];
  let lines: number[] = [];
  const flush = () => {
    const ends = lines;
    const table = recordsTable(file, header, records, (row) => ends[row]!);
    records = [];
    lines = [];
    return table;
  };
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      records.push(record);
      lines.push(linesBefore + info.lines);
      if (records.length === recordsInPart) yield flush();
    }
  } catch (error) {
    throw malformed(file, error as CsvError, linesBefore);
  } finally {
    parser.destroy();
  }
  await fed;
  if (records.length > 0) yield flush();
}

async function feed(
  parser: Readable & NodeJS.WritableStream,
  first: Buffer,
  others: AsyncGenerator<Buffer>,
): Promise<void> {
  const write = (bytes: Buffer) =>
    parser.write(bytes) || parser.destroyed
      ? undefined
      : new Promise<void>((resolve) => {
          parser.once("drain", resolve);
          parser.once("close", resolve);
        });
  try {
    await write(first);
    for await (const bytes of others) {
      if (parser.destroyed) return;
      await write(bytes);
    }
    parser.end();
  } catch (error) {
    parser.destroy(error as Error);
  }
}
