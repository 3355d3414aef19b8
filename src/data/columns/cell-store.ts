/**
 * One column of a block of rows, in typed arrays: a number with its spelling, or the code of a text. The text of every
 * cell in the file can be restored, and a column of numbers takes nine bytes per row.
 */
import type { ColumnCells, DecimalSign, Numbers } from "./column-cells.js";
import { withRoom } from "./growing.js";
import { TextPool } from "./text-pool.js";

/** The spelling of a cell's number: a number of decimals, the shortest decimal, or a text of its own. */
export const asShortest = 254;
const asText = 255;

const firstRows = 1 << 10;

export class CellStore {
  private rows = 0;
  private spelling = new Uint8Array(firstRows);
  private numbers: Numbers | undefined;
  private codes: Int32Array | undefined;
  private pool: TextPool | undefined;
  private lists: ListStore | undefined;
  private unreadable: string | undefined;

  /** `decimal` is the sign before the decimals of a text file's numbers; null if the file holds numbers themselves. */
  constructor(private readonly decimal: DecimalSign | null) {}

  /** The byte of the sign before decimals. */
  get sign(): number {
    return (this.decimal ?? ".").charCodeAt(0);
  }

  /** Reserves room; to be called before that many cells are added. */
  reserve(count: number): void {
    const length = this.rows + count;
    this.spelling = withRoom(this.spelling, length);
    if (this.numbers) this.numbers = withRoom(this.numbers, length);
    if (this.codes) this.codes = withRoom(this.codes, length);
  }

  addNumber(value: number, spelling: number): void {
    this.numbers ??= this.firstNumbers(false);
    this.numbers[this.rows] = value;
    this.spelling[this.rows++] = spelling;
  }

  /** Adds a cell that is not a plain number; `value` is the number that it nevertheless stands for, if any. */
  addBytes(bytes: Uint8Array, start: number, end: number, value = Number.NaN): void {
    if (!Number.isNaN(value)) this.numbers ??= this.firstNumbers(false);
    if (this.numbers) this.numbers[this.rows] = value;
    this.pool ??= new TextPool();
    this.codes ??= new Int32Array(this.spelling.length);
    this.codes[this.rows] = this.pool.codeOf(bytes, start, end);
    this.spelling[this.rows++] = asText;
  }

  addText(text: string, value = Number.NaN): void {
    const bytes = Buffer.from(text);
    this.addBytes(bytes, 0, bytes.length, value);
  }

  /** Says that all numbers that follow have one precision, which the column keeps. */
  startNumbers(isSingle: boolean): void {
    this.numbers ??= this.firstNumbers(isSingle);
  }

  /** Adds a list of numbers in a column that cannot be read as cells; `unreadable` is the column's type. */
  addList(list: ArrayLike<number | null> | null, unreadable: string): void {
    this.lists ??= new ListStore();
    this.lists.add(list);
    this.addUnreadable(unreadable);
  }

  addUnreadable(type: string): void {
    this.unreadable = type;
    this.rows++;
  }

  /** The cells, once all are added; numbers are left out if their decimal sign differs from `decimal`. */
  cells(decimal: DecimalSign): ColumnCells {
    const { rows, numbers, lists, unreadable } = this;
    this.pool?.seal();
    const hasNumbers = numbers !== undefined && (this.decimal === null || this.decimal === decimal);
    return {
      text: (row) => this.text(row),
      ...(hasNumbers ? { numbers: numbers.subarray(0, rows) } : {}),
      ...(unreadable === undefined ? {} : { unreadable }),
      ...(lists ? { lists: (row) => lists.list(row) } : {}),
    };
  }

  private text(row: number): string {
    const spelling = this.spelling[row]!;
    if (spelling === asText) return this.pool!.text(this.codes![row]!);
    const number = this.numbers![row]!;
    if (spelling === asShortest) return String(number);
    const text = number.toFixed(spelling);
    return this.decimal === "," ? text.replace(".", ",") : text;
  }

  private firstNumbers(isSingle: boolean): Numbers {
    const { length } = this.spelling;
    const numbers = isSingle ? new Float32Array(length) : new Float64Array(length);
    return numbers.fill(Number.NaN, 0, this.rows);
  }
}

/** Lists of numbers in single precision, as vectors have; missing elements are NaN. */
class ListStore {
  private values = new Float32Array(firstRows);
  private ends = new Uint32Array(firstRows);
  private readonly missing = new Set<number>();
  private rows = 0;

  add(list: ArrayLike<number | null> | null): void {
    const start = this.startOf(this.rows);
    const length = list?.length ?? 0;
    this.values = withRoom(this.values, start + length);
    this.ends = withRoom(this.ends, this.rows + 1);
    for (let k = 0; k < length; k++) this.values[start + k] = list![k] ?? Number.NaN;
    if (list === null) this.missing.add(this.rows);
    this.ends[this.rows++] = start + length;
  }

  list(row: number): Float32Array | null {
    return this.missing.has(row) ? null : this.values.subarray(this.startOf(row), this.ends[row]);
  }

  private startOf(row: number): number {
    return row === 0 ? 0 : this.ends[row - 1]!;
  }
}
