/** Reads a vector whose elements are the list in one cell of each row, as Parquet files hold embeddings. */
import type { VectorDomain } from "../../schema/types.js";
import { BadRows } from "../columns/bad-rows.js";
import type { ColumnCells } from "../columns/column-cells.js";
import type { Table } from "../columns/table.js";
import type { BoundColumn } from "./bind-column.js";
import type { Read } from "./cells.js";

/** `size` is the type's size, or null, in which case the first list sets it. */
export function bindLists(
  { file, rows, place }: Table,
  lists: NonNullable<ColumnCells["lists"]>,
  use: string,
  size: number | null,
): Read<BoundColumn> {
  const width = size ?? firstLength(lists, rows);
  const values = new Float32Array(rows * width);
  const missing = new BadRows(place);
  const odd = new BadRows((row) => `${place(row)} (${lists(row)!.length})`);
  const unfit = new BadRows(place);
  for (let row = 0; row < rows; row++) {
    const list = lists(row);
    if (list === null) missing.add(row);
    else if (list.length !== width) odd.add(row);
    else if (!Array.from(list).every((value) => value !== null && Number.isFinite(Math.fround(value)))) unfit.add(row);
    else values.set(list as ArrayLike<number>, row * width);
  }
  const diagnostics = [
    ...missing.diagnostics({
      code: "6012",
      file,
      message: `${use}: ${missing.counted("list is", "lists are")} missing`,
      hint: "Every row needs a value of every vector: leave these rows out, or fill them in.",
    }),
    ...odd.diagnostics({
      code: "6082",
      file,
      message: `${use}: ${odd.counted("list has", "lists have")} another length than ${width}, that of ${size === null ? "the first" : `vector(${size})`}`,
      hint: "The vectors of a variable have one size: correct these rows, or change the type.",
    }),
    ...unfit.diagnostics({
      code: "6014",
      file,
      message: `${use}: ${unfit.counted("list has", "lists have")} an element that is missing or beyond single precision`,
      hint: "Correct these rows or leave them out.",
    }),
  ];
  if (diagnostics.length > 0) return { diagnostics };
  const domain: VectorDomain = { kind: "vector", size: width };
  return { value: { column: { kind: "vector", size: width, values }, domain } };
}

function firstLength(lists: NonNullable<ColumnCells["lists"]>, rows: number): number {
  for (let row = 0; row < rows; row++) {
    const list = lists(row);
    if (list !== null) return list.length;
  }
  return 0;
}
