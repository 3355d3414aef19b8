/**
 * A table, or a block of its rows: texts by row and column, and numbers if the file holds numbers or spells plain ones.
 * A reader hands over its file part by part; the wanted cells of a part are copied into the columns of a block. A whole
 * table is one block. The file's format (CSV, Parquet) no longer matters here.
 */
import { CellStore } from "./cell-store.js";
import type { ColumnCells, DecimalSign } from "./column-cells.js";
import { LineStore } from "./line-store.js";

export interface Table {
  readonly file: string;
  readonly header: readonly string[];
  readonly rows: number;
  /** `decimal` is the decimal sign of a text file's numbers; a point by default. */
  readonly cells: (column: number, decimal?: DecimalSign) => ColumnCells;
  /** Gives a row's place in the file, e.g. `line 17` or `row 16`. */
  readonly place: (row: number) => string;
}

/** Some rows in a reader's buffer. */
export interface TablePart {
  readonly rows: number;
  /** Adds the cells of a column, for the rows from `from` up to `to`. */
  readonly copy: (column: number, cells: CellStore, from: number, to: number) => void;
  /** The number of a row's line, or of the row itself, in the file. */
  readonly line: (row: number) => number;
}

/** A table that is read in parts, from the first row to the last, once. */
export interface TableSource {
  readonly file: string;
  readonly header: readonly string[];
  /** The number of rows; null if the format does not tell it before reading. */
  readonly rows: number | null;
  /** The decimal sign that a text file seems to use; null if the file holds numbers themselves. */
  readonly decimal: DecimalSign | null;
  readonly lineWord: "line" | "row";
  /** Gives parts of any size; at least the named columns can be asked for. */
  readonly parts: (columns: readonly string[]) => AsyncGenerator<TablePart>;
}

/**
 * The rows in blocks of `size`, the last one shorter, with the columns named. `decimalOf` gives the expected decimal
 * sign of a column.
 */
export async function* inBlocks(
  source: TableSource,
  columns: readonly string[],
  size: number,
  decimalOf: (column: string) => DecimalSign = () => ".",
): AsyncGenerator<Table> {
  let block = new Block(source, columns, decimalOf);
  for await (const part of source.parts(columns))
    for (let from = 0; from < part.rows; ) {
      const to = Math.min(part.rows, from + size - block.rows);
      block.add(part, from, to);
      from = to;
      if (block.rows < size) continue;
      yield block.table();
      block = new Block(source, columns, decimalOf);
    }
  if (block.rows > 0) yield block.table();
}

class Block {
  rows = 0;
  private readonly stores = new Map<number, CellStore>();
  private readonly lines = new LineStore();

  constructor(
    private readonly source: TableSource,
    columns: readonly string[],
    decimalOf: (column: string) => DecimalSign,
  ) {
    const wanted = new Set(columns);
    for (const [at, name] of source.header.entries())
      if (wanted.has(name)) this.stores.set(at, new CellStore(source.decimal === null ? null : decimalOf(name)));
  }

  add(part: TablePart, from: number, to: number): void {
    for (const [column, cells] of this.stores) {
      cells.reserve(to - from);
      part.copy(column, cells, from, to);
    }
    for (let row = from; row < to; row++) this.lines.add(part.line(row));
    this.rows += to - from;
  }

  table(): Table {
    const { file, header, lineWord } = this.source;
    const { stores, lines, rows } = this;
    return {
      file,
      header,
      rows,
      cells(column, decimal = ".") {
        const store = stores.get(column);
        if (store === undefined) throw new RangeError(`${file}: the column ${header[column]} was not asked for`);
        return store.cells(decimal);
      },
      place: (row) => `${lineWord} ${lines.line(row)}`,
    };
  }
}
