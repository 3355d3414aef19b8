/**
 * Reads the wanted variables of a data set through its manifest. Problems of every file, variable and row are reported
 * together, in one ScmcError, before anything is computed; variables of the manifest that are not wanted are not read.
 */

import type { Advice, LoadedDataset } from "../columns/dataset.js";
import { BlockReader, type LoadedBlock, type ReadOptions } from "./block-reader.js";
import { readManifest } from "./manifest.js";
import type { WantedVariable } from "./variable-binder.js";

export type { LoadedBlock, ReadOptions } from "./block-reader.js";
export type { WantedVariable } from "./variable-binder.js";

export async function readDataset(
  manifestPath: string,
  wanted: readonly WantedVariable[],
  options: ReadOptions = {},
): Promise<LoadedDataset> {
  const reader = new BlockReader(await readManifest(manifestPath), wanted, options);
  await reader.open();
  return reader.whole();
}

/** A data set that is read in parts, from the first row to the last, once. */
export interface DatasetSource {
  /** The number of rows; null if the format does not tell it before reading. */
  readonly rows: number | null;
  readonly blocks: (size: number) => AsyncGenerator<LoadedBlock>;
  /** The advice from the rows read. */
  readonly advice: () => readonly Advice[];
}

/**
 * Opens a data set of any size. Problems of its files are reported at once, problems of rows with the first block that
 * has any.
 */
export async function openDataset(
  manifestPath: string,
  wanted: readonly WantedVariable[],
  options: ReadOptions = {},
): Promise<DatasetSource> {
  const reader = new BlockReader(await readManifest(manifestPath), wanted, options);
  await reader.open();
  reader.requireOpened();
  return { rows: reader.rows, blocks: (size) => reader.blocks(size), advice: () => reader.advice() };
}
