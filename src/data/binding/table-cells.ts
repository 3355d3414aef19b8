/** Columns of a table by name, as cells; a name that is absent or occurs twice in the header is a diagnostic. */
import type { Diagnostic } from "../../diagnostics/diagnostic.js";
import type { Cells } from "../columns/cell-column.js";
import type { ColumnCells } from "../columns/column-cells.js";
import { type Notation, pointNotation } from "../columns/number-notation.js";
import type { Table } from "../columns/table.js";
import type { Read } from "./cells.js";
import { suggestion } from "./suggestion.js";

/** `use` names what the column is for, e.g. the variable `t` or the noise `t.e`. */
export function columnCells(
  table: Table,
  column: string,
  use: string,
  notation: Notation = pointNotation,
): Read<Cells> {
  const at = table.header.indexOf(column);
  if (at < 0 || table.header.indexOf(column, at + 1) >= 0) {
    return { diagnostics: [wrongColumn(table, column, use, at >= 0)] };
  }
  const { unreadable, ...cells } = table.cells(at, notation.decimal);
  if (unreadable !== undefined) return { diagnostics: [wrongType(table, column, use, unreadable)] };
  return {
    value: {
      file: table.file,
      name: `column ${JSON.stringify(column)} (${use})`,
      length: table.rows,
      ...cells,
      notation,
      place: (row) => table.place(row),
    },
  };
}

/** The lists of a column of lists of numbers; undefined for any other column. */
export function columnLists(table: Table, column: string): ColumnCells["lists"] {
  const at = table.header.indexOf(column);
  return at < 0 || table.header.indexOf(column, at + 1) >= 0 ? undefined : table.cells(at).lists;
}

function wrongType({ file }: Table, column: string, use: string, type: string): Diagnostic {
  return {
    code: "6023",
    severity: "error",
    file,
    message: `the column ${JSON.stringify(column)}, which ${use} is bound to, is of the Parquet type ${type}`,
    hint: "Numbers, decimals, booleans, texts and categories of texts are read, and lists of numbers as vectors: convert the column to one of them.",
  };
}

function wrongColumn(table: Table, column: string, use: string, twice: boolean): Diagnostic {
  const name = JSON.stringify(column);
  return {
    code: "6009",
    severity: "error",
    file: table.file,
    message: twice
      ? `the table has more than one column ${name}, which ${use} is bound to`
      : `the table has no column ${name}, which ${use} is bound to`,
    hint: twice ? "Rename one of them." : suggestion(column, table.header),
  };
}
