/**
 * Reads a Parquet file of any size in parts, row group by row group. parquet-wasm decodes (all codecs and encodings,
 * from a plain registry install), apache-arrow gives the columns as typed arrays: 9 ns a number where a decoder in
 * JavaScript takes 55.
 */
import { openAsBlob } from "node:fs";
import type { DataType, RecordBatch, Vector } from "apache-arrow";
import { failure } from "../../diagnostics/diagnostic.js";
import type { ColumnCells, Numbers, Table, TableSource } from "../columns/table.js";

/** Rows decoded at a time. */
const rowsInPart = 1 << 16;

type Libraries = { readonly arrow: typeof import("apache-arrow"); readonly parquet: typeof import("parquet-wasm") };
let loading: Promise<Libraries> | undefined;

/** Loaded when first needed: nothing else waits for them. */
export function parquetLibraries(): Promise<Libraries> {
  loading ??= Promise.all([import("apache-arrow"), import("parquet-wasm")]).then(([arrow, parquet]) => ({
    arrow,
    parquet,
  }));
  return loading;
}

export function isParquet(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(0, 4)) === "PAR1";
}

export async function openParquet(file: string): Promise<TableSource> {
  const { arrow, parquet } = await parquetLibraries();
  const opened = await attempt(file, 0, async () => parquet.ParquetFile.fromFile(await openAsBlob(file)));
  const { fields } = arrow.tableFromIPC(opened.schema().intoIPCStream()).schema;
  const header = fields.map(({ name }) => name);
  const rows = opened.metadata().fileMetadata().numRows();
  if (rows === 0) {
    opened.free();
    throw failure("6007", file, "the table has no rows", "Check that the data was exported as well.");
  }
  return {
    file,
    header,
    rows,
    decimal: ".",
    async *parts(columns) {
      let first = 0;
      const wanted = [...new Set(columns)].filter((name) => header.includes(name));
      const stream = await attempt(file, first, () => opened.stream({ batchSize: rowsInPart, columns: wanted }));
      const reader = stream.getReader();
      let failed = false;
      try {
        for (;;) {
          const next = await attempt(file, first, () => reader.read()).catch((error: unknown) => {
            failed = true;
            throw error;
          });
          if (next.done) break;
          const batch = arrow.tableFromIPC(next.value.intoIPCStream());
          yield tableOf(arrow, file, header, batch, first);
          first += batch.numRows;
        }
      } finally {
        // A decoder that stopped must not be touched again.
        if (!failed) {
          await reader.cancel().catch(() => {});
          opened.free();
        }
      }
    },
  };
}

async function attempt<T>(file: string, row: number, read: () => Promise<T>): Promise<T> {
  const panic = watchForPanic();
  try {
    return await Promise.race([read(), panic.happened]);
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).replace(/^(Parquet|Arrow) error: /, "");
    const where = row === 0 ? "" : `after row ${row.toLocaleString("en")}: `;
    throw failure(
      "6024",
      file,
      `${where}the Parquet file cannot be read: ${reason}`,
      "It is cut short, damaged, or uses something that is not supported; copy or write it again.",
    );
  } finally {
    panic.release();
  }
}

/**
 * The decoder stops at some kinds of damage with an exception in a task of its own: no promise of ours would ever hear
 * of it, and the process would end as for a fault of scmc.
 */
function watchForPanic(): { readonly happened: Promise<never>; release(): void } {
  let release = () => {};
  const happened = new Promise<never>((_, reject) => {
    const listener = (error: unknown) => {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      reject(new Error("its pages are damaged"));
    };
    process.on("uncaughtException", listener);
    release = () => process.removeListener("uncaughtException", listener);
  });
  happened.catch(() => {});
  return { happened, release };
}

type Arrow = Libraries["arrow"];

function tableOf(
  arrow: Arrow,
  file: string,
  header: readonly string[],
  batch: { readonly numRows: number; readonly batches: readonly RecordBatch[]; getChild(name: string): Vector | null },
  first: number,
): Table {
  return {
    file,
    header,
    rows: batch.numRows,
    cells: (column) => cellsOf(arrow, batch.getChild(header[column]!)!),
    place: (row) => `row ${first + row + 1}`,
  };
}

/** Nulls are empty texts, and so missing values. */
function cellsOf(arrow: Arrow, vector: Vector): ColumnCells {
  const type: DataType = vector.type;
  const text = (row: number): string => {
    const value: unknown = vector.get(row);
    return value === null || value === undefined ? "" : String(value);
  };
  const { DataType: is } = arrow;
  if (is.isFloat(type) && type.precision !== arrow.Precision.HALF) return { text, numbers: withNulls(vector) };
  if (is.isInt(type) || is.isBool(type) || is.isFloat(type)) return { text, numbers: converted(vector, Number) };
  if (is.isDecimal(type)) {
    const decimal = (row: number): string => {
      const value: unknown = vector.get(row);
      return value === null ? "" : decimalText(unscaled(value as Uint32Array), type.scale);
    };
    const numbers = Float64Array.from({ length: vector.length }, (_, row) => Number(decimal(row) || Number.NaN));
    return { text: decimal, numbers };
  }
  if (is.isUtf8(type) || is.isLargeUtf8(type)) return { text };
  if (is.isDictionary(type)) {
    const values = type.dictionary;
    if (is.isUtf8(values) || is.isLargeUtf8(values)) return { text: dictionaryText(vector) };
    if (is.isInt(values) || is.isFloat(values)) return { text, numbers: converted(vector, Number) };
  }
  if (is.isNull(type)) return { text: () => "" };
  const unreadable = String(type);
  const lists = listsOf(is, vector);
  return lists === undefined ? { text, unreadable } : { text, unreadable, lists };
}

/** A column of lists of numbers, of equal length or not; undefined for any other. */
function listsOf(is: Arrow["DataType"], vector: Vector): ColumnCells["lists"] {
  const type: DataType = vector.type;
  if (!is.isList(type) && !is.isLargeList(type) && !is.isFixedSizeList(type)) return undefined;
  const elements: DataType | undefined = type.children[0]?.type;
  if (!is.isFloat(elements) && !is.isInt(elements)) return undefined;
  return (row) => {
    const list: Vector | null = vector.get(row);
    if (list === null) return null;
    return Array.from(list, (value: unknown) => (value === null ? null : Number(value)));
  };
}

/** Each text of a dictionary is decoded once. */
function dictionaryText(vector: Vector): (row: number) => string {
  const known = new Map<number, string>();
  const [data] = vector.data;
  const codes = data?.values as Int32Array | undefined;
  const dictionary = data?.dictionary;
  return (row) => {
    if (vector.nullCount > 0 && !vector.isValid(row)) return "";
    const code = codes![row]!;
    const text = known.get(code) ?? String(dictionary!.get(code));
    known.set(code, text);
    return text;
  };
}

/** A copy, since the batch's memory is shared by its columns; nulls are NaN. */
function withNulls(vector: Vector): Numbers {
  const values = vector.toArray() as Numbers;
  if (vector.nullCount === 0) return values;
  const copy = values.slice();
  for (let row = 0; row < copy.length; row++) if (!vector.isValid(row)) copy[row] = Number.NaN;
  return copy;
}

function converted(vector: Vector, number: (value: unknown) => number): Float64Array {
  const hasNulls = vector.nullCount > 0;
  const numbers = new Float64Array(vector.length);
  for (let row = 0; row < numbers.length; row++)
    numbers[row] = hasNulls && !vector.isValid(row) ? Number.NaN : number(vector.get(row));
  return numbers;
}

/** Two's complement in little-endian words. */
function unscaled(words: Uint32Array): bigint {
  let value = 0n;
  for (let at = words.length - 1; at >= 0; at--) value = (value << 32n) | BigInt(words[at]!);
  return BigInt.asIntN(32 * words.length, value);
}

function decimalText(value: bigint, scale: number): string {
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  const text = scale > 0 ? `${whole}.${digits.slice(digits.length - scale)}` : whole;
  return value < 0n ? `-${text}` : text;
}
