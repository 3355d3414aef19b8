/**
 * Reads a CSV table (RFC 4180, with a header line; comma, semicolon or tab, by what the header uses) into texts. Lines are
 * counted only when somebody asks where a row is: that needs a second pass, and only a faulty table asks.
 */
import { type CsvError, type Info, parse } from "csv-parse/sync";
import { type Diagnostic, failure, ScmcError } from "../diagnostics/diagnostic.js";
import { BadRows } from "./bad-rows.js";
import { decodeText, readBytes } from "./read-bytes.js";

export interface Table {
  readonly file: string;
  readonly header: readonly string[];
  /** One array of texts a row, all as long as the header. */
  readonly records: readonly (readonly string[])[];
  /** The line of the file on which a row ends (rows from 0, lines from 1). */
  readonly line: (row: number) => number;
}

export async function readTable(file: string, role = "the table"): Promise<Table> {
  return parseTable(decodeText(await readBytes(file, role), file, role), file);
}

export function parseTable(text: string, file: string): Table {
  const options = {
    bom: true,
    delimiter: delimiterOf(text),
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
  };
  let all: string[][];
  try {
    all = parse(text, options);
  } catch (error) {
    throw malformed(file, error);
  }
  const [header, ...records] = all;
  if (header === undefined) {
    throw failure("6007", file, "the table is empty", "It needs a header line with the columns' names, then the rows.");
  }
  if (records.length === 0) {
    throw failure("6007", file, "the table has a header and no rows", "Check that the data was exported as well.");
  }
  let lines: number[] | undefined;
  const line = (row: number): number => {
    lines ??= (parse(text, { ...options, info: true }) as unknown as { info: Info }[])
      .slice(1)
      .map(({ info }) => info.lines);
    return lines[row] ?? 0;
  };
  const uneven = unevenRows({ file, header, records, line });
  if (uneven.length > 0) throw new ScmcError(uneven);
  return { file, header, records, line };
}

function delimiterOf(text: string): string {
  const end = text.search(/\r?\n/);
  const header = (end < 0 ? text : text.slice(0, end)).replace(/"[^"]*"/g, "");
  const count = (delimiter: string): number => header.split(delimiter).length - 1;
  return [",", ";", "\t"].reduce((best, each) => (count(each) > count(best) ? each : best));
}

function unevenRows(table: Table): Diagnostic[] {
  const width = table.header.length;
  const bad = new BadRows((row) => `line ${table.line(row)} (${table.records[row]!.length})`);
  for (const [row, record] of table.records.entries()) if (record.length !== width) bad.add(row);
  return bad.diagnostics({
    code: "6006",
    file: table.file,
    message: `the header has ${width} ${width === 1 ? "field" : "fields"}, but ${bad.counted("row has", "rows have")} another number of them`,
    hint: "Put cells that hold the delimiter in double quotes, and complete rows that are cut short.",
  });
}

function malformed(file: string, error: unknown): Error {
  const { code, message, lines } = error as CsvError & { lines?: number };
  if (typeof code !== "string" || !code.startsWith("CSV_")) return error as Error;
  const what =
    code === "CSV_QUOTE_NOT_CLOSED"
      ? "a quote is opened and never closed"
      : code === "CSV_INVALID_CLOSING_QUOTE"
        ? "text follows a closing quote"
        : code === "INVALID_OPENING_QUOTE"
          ? "a quote stands inside an unquoted cell"
          : message;
  return failure(
    "6006",
    file,
    lines === undefined ? what : `line ${lines}: ${what}`,
    'Inside a quoted cell a quote is written twice: "5"" pipe".',
  );
}
