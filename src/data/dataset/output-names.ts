/** What columns and files of a data set are called that scmc writes. */
import type { Column, Dataset, ImageColumn } from "../columns/dataset.js";

function columnNames(name: string, column: Column): string[] {
  return column.kind === "vector" ? Array.from({ length: column.size }, (_, element) => `${name}.${element}`) : [name];
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
