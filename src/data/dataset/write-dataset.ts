/**
 * Writes a data set as a directory: `table.csv` (ids, scalars, vectors, recorded noise), one IDX file for each image
 * variable, and `manifest.json`. Everything is written to a sibling directory that then takes the name, so a run that
 * is killed or fails leaves what was there before. Only a data set of ours is ever replaced.
 */
import { readdir, realpath, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { failure } from "../../diagnostics/diagnostic.js";
import type { Binding, Manifest } from "../../schema/types.js";
import { type Column, columnRows, type Dataset, type ImageColumn } from "../columns/dataset.js";
import { openFresh } from "../files/fresh-directory.js";
import { encodeIdx } from "../images/idx.js";
import {
  formatTable,
  idColumnName,
  imageFileName,
  type Precision,
  type TableColumn,
  tableColumns,
} from "../tables/format-table.js";
import { readManifest } from "./manifest.js";

export interface WriteOptions {
  /** Replaces a data set of ours; a directory that holds anything else is never replaced. */
  readonly overwrite?: boolean;
  /** Of numeric columns; `float32` where the values were computed in single precision. Default `float64`. */
  readonly precision?: Precision;
  /** Further files of the directory by name, say a summary. */
  readonly extraFiles?: ReadonlyMap<string, string | Uint8Array>;
}

export async function writeDataset(directory: string, dataset: Dataset, options: WriteOptions = {}): Promise<void> {
  const files = datasetFiles(dataset, options.precision ?? "float64");
  for (const [name, content] of options.extraFiles ?? []) {
    if (files.has(name)) throw new RangeError(`the data set has a file ${name} of its own`);
    files.set(name, content);
  }
  const occupied = await checkDatasetTarget(directory, options.overwrite === true, files.keys());
  const target = occupied ? await realpath(directory) : resolve(directory);
  try {
    const fresh = await openFresh(target, occupied);
    try {
      for (const [name, content] of files) await writeFile(join(fresh.path, name), content);
    } catch (error) {
      await fresh.abort();
      throw error;
    }
    await fresh.commit();
  } catch (error) {
    throw writeFailure(directory, error);
  }
}

const writeFailures: Readonly<Record<string, string>> = {
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  ENOTDIR: "a part of the path is a file",
  EEXIST: "a part of the path is a file",
};

/** A failure of the file system in words; any other error as it is. */
export function writeFailure(directory: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined || !(code in writeFailures)) return error;
  return failure("6022", directory, `cannot write here: ${writeFailures[code]}`, "Choose another directory.");
}

/** The files of a data set by name, `manifest.json` last. */
export function datasetFiles(dataset: Dataset, precision: Precision): Map<string, string | Uint8Array> {
  checkRows(dataset);
  const id = idColumnName(dataset);
  const table: TableColumn[] = [{ name: id, cells: [...dataset.ids] }];
  const manifest: Manifest = { table: "table.csv", id, variables: {} };
  const files = new Map<string, string | Uint8Array>();
  for (const [name, column] of dataset.columns) {
    const columns = tableColumns(name, column, precision);
    table.push(...columns);
    manifest.variables[name] = bindingOf(name, column, columns);
    if (column.kind === "image") files.set(imageFileName(name, column), imageFile(column));
  }
  for (const [key, column] of dataset.noise) {
    const [variable, name] = key.split(".");
    if (variable === undefined || name === undefined || column.kind !== "numeric") {
      throw new RangeError(`noise ${key}: expected a numeric column under the key variable.noise`);
    }
    table.push(...tableColumns(key, column, precision));
    manifest.noise ??= {};
    manifest.noise[variable] ??= {};
    manifest.noise[variable][name] =
      column.items === undefined ? { column: key } : { column: key, items: column.items };
  }
  files.set("table.csv", formatTable(table));
  files.set("manifest.json", `${JSON.stringify(manifest, null, 2)}\n`);
  return files;
}

/** Writes one CSV file, whole or not at all. */
export async function writeTable(file: string, columns: readonly TableColumn[]): Promise<void> {
  await writeFileAtomic(file, formatTable(columns));
}

/** Writes one IDX file of images, whole or not at all. */
export async function writeImages(file: string, column: ImageColumn): Promise<void> {
  await writeFileAtomic(file, Buffer.from(imageFile(column).buffer));
}

function imageFile(column: ImageColumn): Uint8Array {
  const { height, width, channels, pixels } = column;
  const shape = [columnRows(column), height, width, ...(channels === 1 ? [] : [channels])];
  return encodeIdx({ shape, data: pixels });
}

function bindingOf(name: string, column: Column, columns: readonly TableColumn[]): Binding {
  const [first, ...others] = columns.map((each) => each.name);
  switch (column.kind) {
    case "image":
      return { idx: imageFileName(name, column) };
    case "numeric":
      return { column: first! };
    case "vector":
      return { columns: [first!, ...others] };
    case "category": {
      const [zero, one, ...rest] = column.levels;
      if (zero === undefined || one === undefined)
        throw new RangeError(`${name}: a category needs at least two levels`);
      return { column: first!, levels: [zero, one, ...rest] };
    }
  }
}

function checkRows({ rows, ids, columns, noise }: Dataset): void {
  if (ids.length !== rows) throw new RangeError(`${ids.length} ids for ${rows} rows`);
  for (const [name, column] of [...columns, ...noise]) {
    if (columnRows(column) !== rows) throw new RangeError(`${name} has ${columnRows(column)} rows, not ${rows}`);
  }
}

/**
 * True where a data set of ours is to be replaced; throws where anything else is in the way. `files` are the names that
 * will be written, where they are known.
 */
export async function checkDatasetTarget(
  directory: string,
  overwrite: boolean,
  files: Iterable<string> = [],
): Promise<boolean> {
  const info = await stat(directory).catch(() => undefined);
  if (info === undefined) return false;
  if (!info.isDirectory()) {
    throw failure("6020", directory, "there is a file of this name already", "Choose another name for the directory.");
  }
  const entries = await readdir(directory);
  if (entries.length === 0) return false;
  if (!entries.includes("manifest.json")) {
    throw failure(
      "6020",
      directory,
      `the directory is not a data set of scmc (it has no manifest.json, but ${entries.length} other ${entries.length === 1 ? "entry" : "entries"}); it is left as it is`,
      "Choose a new directory, or empty this one.",
    );
  }
  const ours = new Set([...(await manifestFiles(directory)), ...files]);
  const foreign = entries.find((entry) => !ours.has(entry));
  if (foreign !== undefined) {
    throw failure(
      "6020",
      directory,
      `the directory holds "${foreign}", which is no part of its data set; it is left as it is`,
      "Choose a new directory, or move that file away.",
    );
  }
  if (!overwrite) {
    throw failure(
      "6021",
      directory,
      "there is a data set here already",
      "Choose a new directory, or allow overwriting (--overwrite).",
    );
  }
  return true;
}

async function manifestFiles(directory: string): Promise<string[]> {
  const { manifest } = await readManifest(join(directory, "manifest.json"));
  const images = Object.values(manifest.variables).map((binding) => {
    if ("idx" in binding) return binding.idx;
    return "png" in binding ? binding.directory : undefined;
  });
  return ["manifest.json", manifest.table, ...images].filter((name) => name !== undefined);
}
