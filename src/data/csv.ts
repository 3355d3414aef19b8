/**
 * Reads a CSV table (RFC 4180, with a header line; comma, semicolon or tab, by what the header uses) into texts. Lines are
 * counted only when somebody asks where a row is: that needs a second pass, and only a faulty table asks.
 */
import { type CsvError, type Info, parse } from "csv-parse/sync";
import { failure, ScmcError } from "../diagnostics/diagnostic.js";
import { BadRows } from "./bad-rows.js";
import type { Table } from "./table.js";

export interface CsvTable extends Table {
  /** One array of texts a row, all as long as the header. */
  readonly records: readonly (readonly string[])[];
}

export function csvOptions(delimiter: string) {
  return { bom: true, delimiter, relax_column_count: true, skip_empty_lines: true, trim: true } as const;
}

export function parseTable(text: string, file: string): CsvTable {
  const options = csvOptions(delimiterOf(text));
  let all: string[][];
  try {
    all = parse(text, options);
  } catch (error) {
    throw malformed(file, error);
  }
  const [header, ...records] = all;
  if (header === undefined) throw noHeader(file);
  if (records.length === 0) throw noRows(file);
  let lines: number[] | undefined;
  const line = (row: number): number => {
    lines ??= (parse(text, { ...options, info: true }) as unknown as { info: Info }[])
      .slice(1)
      .map(({ info }) => info.lines);
    return lines[row] ?? 0;
  };
  return recordsTable(file, header, records, line);
}

export function noHeader(file: string): Error {
  return failure("6007", file, "the table is empty", "It needs a header line with the columns' names, then the rows.");
}

export function noRows(file: string): Error {
  return failure("6007", file, "the table has a header and no rows", "Check that the data was exported as well.");
}

/** `line` gives the line of the file on which a row ends (rows from 0, lines from 1). */
export function recordsTable(
  file: string,
  header: readonly string[],
  records: readonly (readonly string[])[],
  line: (row: number) => number,
): CsvTable {
  requireEven(file, header, records.length, (row) => records[row]!.length, line);
  return {
    file,
    header,
    rows: records.length,
    records,
    cells: (column) => ({ text: (row) => records[row]![column]! }),
    place: (row) => `line ${line(row)}`,
  };
}

/** The delimiter that the first line uses most. */
export function delimiterOf(text: string): string {
  const end = text.search(/\r?\n/);
  const header = (end < 0 ? text : text.slice(0, end)).replace(/"[^"]*"/g, "");
  const count = (delimiter: string): number => header.split(delimiter).length - 1;
  return [",", ";", "\t"].reduce((best, each) => (count(each) > count(best) ? each : best));
}

/** Throws where rows have more or fewer fields than the header. */
export function requireEven(
  file: string,
  header: readonly string[],
  rows: number,
  fields: (row: number) => number,
  line: (row: number) => number,
): void {
  const width = header.length;
  const bad = new BadRows((row) => `line ${line(row)} (${fields(row)})`);
  for (let row = 0; row < rows; row++) if (fields(row) !== width) bad.add(row);
  const diagnostics = bad.diagnostics({
    code: "6006",
    file,
    message: `the header has ${width} ${width === 1 ? "field" : "fields"}, but ${bad.counted("row has", "rows have")} another number of them`,
    hint: "Put cells that hold the delimiter in double quotes, and complete rows that are cut short.",
  });
  if (diagnostics.length > 0) throw new ScmcError(diagnostics);
}

/** In words, what csv-parse says; `linesBefore` are those that it did not see. */
export function malformed(file: string, error: unknown, linesBefore = 0): Error {
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
    lines === undefined ? what : `line ${linesBefore + lines}: ${what}`,
    'Inside a quoted cell a quote is written twice: "5"" pipe".',
  );
}
