/**
 * Writes columns of texts as CSV (RFC 4180, lines end with a line feed), and numbers as the shortest decimals that read
 * back to the same number: in double precision, or in single where the values came from float32.
 */

import type { Numbers } from "../columns/column-cells.js";
import type { Column, Dataset, ImageColumn } from "../columns/dataset.js";

export type Precision = "float32" | "float64";

export interface TableColumn {
  readonly name: string;
  readonly cells: readonly string[];
}

export function formatTable(columns: readonly TableColumn[]): string {
  const rows = columns[0]?.cells.length ?? 0;
  const odd = columns.find((column) => column.cells.length !== rows);
  if (odd !== undefined) throw new RangeError(`column ${odd.name} has ${odd.cells.length} cells, not ${rows}`);
  const lines = [columns.map((column) => quote(column.name)).join(",")];
  for (let row = 0; row < rows; row++) lines.push(columns.map((column) => quote(column.cells[row]!)).join(","));
  return `${lines.join("\n")}\n`;
}

export function formatNumber(value: number, precision: Precision): string {
  if (precision === "float64" || !Number.isFinite(value) || value === 0)
    return Object.is(value, -0) ? "-0" : String(value);
  return formatSingle(Math.fround(value));
}

/** Six digits are always kept by a float32, nine always suffice to tell two of them apart. */
const fewestDigits = 6;
const mostDigits = 9;
const powersOfTen = Float64Array.from({ length: 23 }, (_, power) => 10 ** power);

function formatSingle(single: number): string {
  const magnitude = Math.floor(Math.log10(Math.abs(single)));
  for (let digits = fewestDigits; digits < mostDigits; digits++) {
    const decimals = digits - 1 - magnitude;
    // A whole number divided by an exact power of ten is the double next to that decimal, as reading it back gives.
    const decimal =
      decimals >= 0 && decimals <= 22
        ? Math.round(single * powersOfTen[decimals]!) / powersOfTen[decimals]!
        : Number(single.toPrecision(digits));
    if (Math.fround(decimal) === single) return String(decimal);
  }
  return String(Number(single.toPrecision(mostDigits)));
}

function columnNames(name: string, column: Column): string[] {
  return column.kind === "vector" ? Array.from({ length: column.size }, (_, element) => `${name}.${element}`) : [name];
}

/** The columns of a table that hold a variable or noise: one, one for each element of a vector, none for images. */
export function tableColumns(name: string, column: Column, precision: Precision): TableColumn[] {
  switch (column.kind) {
    case "numeric":
      return [{ name, cells: numberCells(column.values, precision) }];
    case "category":
      return [{ name, cells: Array.from(column.codes, (code) => column.levels[code] ?? "") }];
    case "vector": {
      const rows = column.values.length / column.size;
      return Array.from({ length: column.size }, (_, element) => ({
        name: `${name}.${element}`,
        cells: Array.from({ length: rows }, (_, row) =>
          formatNumber(column.values[row * column.size + element]!, "float32"),
        ),
      }));
    }
    case "image":
      return [];
  }
}

function numberCells(values: Numbers, precision: Precision): string[] {
  const kept = values instanceof Float32Array ? "float32" : precision;
  return Array.from({ length: values.length }, (_, row) => formatNumber(values[row]!, kept));
}

/** The name of the id column: `id`, or where a variable bears that name, `row_id`, and so on. */
export function idColumnName(dataset: Pick<Dataset, "columns" | "idName">): string {
  let name = dataset.idName ?? "id";
  const taken = new Set([...dataset.columns].flatMap(([variable, column]) => columnNames(variable, column)));
  while (taken.has(name)) name = name === "id" ? "row_id" : `${name}_`;
  return name;
}

/** As the MNIST files are called: `x-images-idx3-ubyte`, or `idx4` where the images have channels. */
export function imageFileName(name: string, column: ImageColumn): string {
  return `${name}-images-idx${column.channels === 1 ? 3 : 4}-ubyte`;
}

export function quote(text: string): string {
  // An empty cell is quoted too: alone in its line it would be a blank line.
  return /[",;|\t\r\n]|^\s|\s$|^$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A cell of a level that is missing. */
export const missingCell = quote("");
