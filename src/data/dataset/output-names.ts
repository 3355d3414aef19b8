/** The names of columns and files in a data set that scmc writes. */
import type { Column, Dataset, ImageColumn } from "../columns/dataset.js";

function columnNames(name: string, column: Column): string[] {
  return column.kind === "vector" ? Array.from({ length: column.size }, (_, element) => `${name}.${element}`) : [name];
}

/** The name of the id column: `id`, or `row_id` and so on if a variable has that name. */
export function idColumnName(dataset: Pick<Dataset, "columns" | "idName">): string {
  let name = dataset.idName ?? "id";
  const taken = new Set([...dataset.columns].flatMap(([variable, column]) => columnNames(variable, column)));
  while (taken.has(name)) name = name === "id" ? "row_id" : `${name}_`;
  return name;
}

/** The name in the style of the MNIST files: `x-images-idx3-ubyte`, or `idx4` if the images have channels. */
export function imageFileName(name: string, column: ImageColumn): string {
  return `${name}-images-idx${column.channels === 1 ? 3 : 4}-ubyte`;
}
