/**
 * Writes a data set that is in memory as a directory: `table.csv` (ids, scalars, vectors, recorded noise), one IDX file
 * for each image variable, and `manifest.json`. The whole data set is one block of the directory's sink.
 */
import type { Column, Dataset } from "../columns/dataset.js";
import type { Precision } from "../tables/cell-text.js";
import { type ExtraFiles, openDatasetDirectory } from "./dataset-sink.js";

export interface WriteOptions {
  /** True to replace a data set of scmc; a directory that holds anything else is never replaced. */
  readonly overwrite?: boolean;
  /** The precision of numeric columns; `float32` if the values were computed in single precision. Default `float64`. */
  readonly precision?: Precision;
  readonly extraFiles?: ExtraFiles;
}

export async function writeDataset(
  directory: string,
  dataset: Dataset,
  { precision = "float64", ...options }: WriteOptions = {},
): Promise<void> {
  const sink = await openDatasetDirectory(directory, { table: "csv", images: "idx", ...options });
  const { columns, noise } = dataset;
  const inSingle = (all: ReadonlyMap<string, Column>) => new Map([...all].map(([name, one]) => [name, single(one)]));
  const rounded = precision === "float32" ? { columns: inSingle(columns), noise: inSingle(noise) } : {};
  try {
    await sink.write({ ...dataset, ...rounded, firstRow: 0 });
    await sink.finish();
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

function single(column: Column): Column {
  return column.kind === "numeric" ? { ...column, values: new Float32Array(column.values) } : column;
}
