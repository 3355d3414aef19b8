/**
 * A table, or some rows of one: texts by row and column, and numbers where the file holds numbers or spells plain ones.
 * What it was read from (CSV, Parquet) no longer matters.
 */

export type Numbers = Float64Array | Float32Array;
export type DecimalSign = "." | ",";

/** One column's cells, rows from 0. */
export interface ColumnCells {
  readonly text: (row: number) => string;
  /** The numbers of the cells, NaN where `text` must be asked; absent where the column holds texts. */
  readonly numbers?: Numbers;
  /** Why the column cannot be read as cells, e.g. `timestamp`: no cell may be asked for. */
  readonly unreadable?: string;
  /**
   * Of a column of lists of numbers, which is unreadable as cells: the list of a row, null where it is missing; so may
   * an element be.
   */
  readonly lists?: (row: number) => ArrayLike<number | null> | null;
}

export interface Table {
  readonly file: string;
  readonly header: readonly string[];
  readonly rows: number;
  /** `decimal` is the sign by which a text file spells numbers; without it, a point. */
  readonly cells: (column: number, decimal?: DecimalSign) => ColumnCells;
  /** Where a row is in the file, e.g. `line 17` or `row 16`. */
  readonly place: (row: number) => string;
}

/** A table that is read in parts, from the first row to the last, once. */
export interface TableSource {
  readonly file: string;
  readonly header: readonly string[];
  /** Known before reading in some formats. */
  readonly rows: number | null;
  /** The sign that a text file seems to write decimals with. */
  readonly decimal: DecimalSign;
  /** Parts of any size; of the columns, at least those named can be asked for. */
  readonly parts: (columns: readonly string[]) => AsyncGenerator<Table>;
}

/** The same rows in tables of `size` rows, the last one of what is left. */
export async function* inBlocks(parts: AsyncIterable<Table>, size: number): AsyncGenerator<Table> {
  let pieces: Piece[] = [];
  let held = 0;
  for await (const table of parts) {
    for (let from = 0; from < table.rows; ) {
      const to = Math.min(table.rows, from + size - held);
      pieces.push({ table, from, to });
      held += to - from;
      from = to;
      if (held < size) continue;
      yield joined(pieces);
      pieces = [];
      held = 0;
    }
  }
  if (held > 0) yield joined(pieces);
}

interface Piece {
  readonly table: Table;
  readonly from: number;
  readonly to: number;
}

function joined(pieces: readonly Piece[]): Table {
  const { file, header } = pieces[0]!.table;
  const starts: number[] = [];
  let rows = 0;
  for (const { from, to } of pieces) {
    starts.push(rows);
    rows += to - from;
  }
  const pieceOf = (row: number) => {
    let low = 0;
    for (let high = pieces.length; high - low > 1; ) {
      const middle = (low + high) >> 1;
      if (starts[middle]! > row) high = middle;
      else low = middle;
    }
    return low;
  };
  return {
    file,
    header,
    rows,
    cells(column, decimal) {
      const all = pieces.map(({ table }) => table.cells(column, decimal));
      const numbers = joinedNumbers(pieces, all, rows);
      const unreadable = all.find((cells) => cells.unreadable !== undefined)?.unreadable;
      const of = <Value>(row: number, value: (cells: ColumnCells, own: number) => Value): Value => {
        const at = pieceOf(row);
        return value(all[at]!, row - starts[at]! + pieces[at]!.from);
      };
      return {
        text: (row) => of(row, (cells, own) => cells.text(own)),
        ...(numbers ? { numbers } : {}),
        ...(unreadable === undefined ? {} : { unreadable }),
        ...(all.every(({ lists }) => lists) ? { lists: (row) => of(row, (cells, own) => cells.lists!(own)) } : {}),
      };
    },
    place(row) {
      const at = pieceOf(row);
      const { table, from } = pieces[at]!;
      return table.place(row - starts[at]! + from);
    },
  };
}

function joinedNumbers(pieces: readonly Piece[], cells: readonly ColumnCells[], rows: number): Numbers | undefined {
  const parts: Numbers[] = [];
  for (const [at, { numbers }] of cells.entries()) {
    if (!numbers) return undefined;
    parts.push(numbers.subarray(pieces[at]!.from, pieces[at]!.to));
  }
  const [first, ...others] = parts;
  if (others.length === 0) return first;
  const isSingle = parts.every((part) => part instanceof Float32Array);
  const all = isSingle ? new Float32Array(rows) : new Float64Array(rows);
  let start = 0;
  for (const part of parts) {
    all.set(part, start);
    start += part.length;
  }
  return all;
}
