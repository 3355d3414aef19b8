/** Some rows of a data set, in the order given. */
import { assertNever } from "../../diagnostics/assert-never.js";
import type { Column, LoadedDataset } from "../columns/dataset.js";
import { textsOf } from "../columns/texts.js";

export function selectRows(dataset: LoadedDataset, rows: Int32Array): LoadedDataset {
  const chosen = (columns: ReadonlyMap<string, Column>) =>
    new Map([...columns].map(([name, column]) => [name, selectCells(column, rows)]));
  const { weights } = dataset;
  return {
    ...dataset,
    rows: rows.length,
    ids: textsOf(rows.length, (at) => dataset.ids.at(rows[at]!)!),
    columns: chosen(dataset.columns),
    noise: chosen(dataset.noise),
    ...(weights ? { weights: Float64Array.from(rows, (row) => weights[row]!) } : {}),
  };
}

function selectCells(column: Column, rows: Int32Array): Column {
  switch (column.kind) {
    case "numeric":
      return { ...column, values: Float64Array.from(rows, (row) => column.values[row]!) };
    case "category":
      return { ...column, codes: Int32Array.from(rows, (row) => column.codes[row]!) };
    case "vector": {
      const values = new Float32Array(rows.length * column.size);
      copyRows(values, column.values, column.size, rows);
      return { ...column, values };
    }
    case "image": {
      const size = column.height * column.width * column.channels;
      const pixels = new Uint8Array(rows.length * size);
      copyRows(pixels, column.pixels, size, rows);
      return { ...column, pixels };
    }
    default:
      return assertNever(column);
  }
}

function copyRows<Values extends Float32Array | Uint8Array>(
  target: Values,
  source: Values,
  size: number,
  rows: Int32Array,
): void {
  rows.forEach((row, place) => {
    target.set(source.subarray(row * size, (row + 1) * size), place * size);
  });
}
