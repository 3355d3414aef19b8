/** Writes the columns of a table as CSV, some rows at a time. */

import type { ByteSink } from "../files/temporary-files.js";
import type { TableCells } from "./block-sink.js";
import { formatNumber, missingCell, quote } from "./cell-text.js";

/** The number of rows that are joined into one text. */
const rowsInText = 4096;

export interface TableSink {
  write(columns: readonly TableCells[]): Promise<void>;
  finish(): Promise<void>;
  abort(): Promise<void>;
}

export function csvSink(bytes: ByteSink): TableSink {
  let started = false;
  return {
    async write(columns) {
      if (!started) await bytes.write(`${columns.map(({ name }) => quote(name)).join(",")}\n`);
      started = true;
      const cells = columns.map(cellText);
      const rows = rowsOf(columns);
      for (let start = 0; start < rows; start += rowsInText) {
        let text = "";
        for (let row = start; row < Math.min(rows, start + rowsInText); row++) {
          text += cells[0]!(row);
          for (let column = 1; column < cells.length; column++) text += `,${cells[column]!(row)}`;
          text += "\n";
        }
        await bytes.write(text);
      }
    },
    finish: () => bytes.finish(),
    abort: () => bytes.abort(),
  };
}

/** Writes units as JSON Lines: one object per unit, with numbers as numbers. */
export function jsonLinesSink(bytes: ByteSink): TableSink {
  return {
    async write(columns) {
      const names = columns.map(({ name }) => JSON.stringify(name));
      const cells = columns.map(jsonText);
      const rows = rowsOf(columns);
      for (let start = 0; start < rows; start += rowsInText) {
        let text = "";
        for (let row = start; row < Math.min(rows, start + rowsInText); row++)
          text += `{${names.map((name, column) => `${name}:${cells[column]!(row)}`).join(",")}}\n`;
        await bytes.write(text);
      }
    },
    finish: () => bytes.finish(),
    abort: () => bytes.abort(),
  };
}

export function rowsOf([first]: readonly TableCells[]): number {
  if (first === undefined) return 0;
  switch (first.kind) {
    case "numbers":
      return first.values.length;
    case "texts":
      return first.texts.length;
    case "levels":
      return first.codes.length;
  }
}

function cellText(column: TableCells): (row: number) => string {
  switch (column.kind) {
    case "numbers": {
      const { values } = column;
      const precision = values instanceof Float32Array ? "float32" : "float64";
      return (row) => formatNumber(values[row]!, precision);
    }
    case "texts":
      return (row) => quote(column.texts.at(row)!);
    case "levels": {
      const levels = column.levels.map(quote);
      return (row) => levels[column.codes[row]!] ?? missingCell;
    }
  }
}

/**
 * The cell as JSON. JSON does not have infinities, so they become the strings "Infinity" and "-Infinity"; a missing
 * value, here NaN, becomes null.
 */
function jsonText(column: TableCells): (row: number) => string {
  switch (column.kind) {
    case "numbers": {
      const number = cellText(column);
      return (row) => {
        const value = column.values[row]!;
        if (Number.isFinite(value)) return number(row);
        return Number.isNaN(value) ? "null" : JSON.stringify(String(value));
      };
    }
    case "texts":
      return (row) => JSON.stringify(column.texts.at(row)!);
    case "levels": {
      const levels = column.levels.map((level) => JSON.stringify(level));
      return (row) => levels[column.codes[row]!] ?? "null";
    }
  }
}
