/**
 * Reads the wanted variables of a data set through its manifest. Problems of every file, variable and row are reported
 * together, in one ScmcError, before anything is computed; variables of the manifest that are not wanted are not read.
 */

import type { Advice, LoadedDataset } from "../columns/dataset.js";
import { inBlocks, type Table, type TableSource } from "../columns/table.js";
import { openTable, readTable } from "../tables/read-table.js";
import { BlockReader, type LoadedBlock, type ReadOptions, type WantedVariable } from "./block-reader.js";
import { readManifest } from "./manifest.js";

export type { LoadedBlock, ReadOptions, WantedVariable } from "./block-reader.js";

export async function readDataset(
  manifestPath: string,
  wanted: readonly WantedVariable[],
  options: ReadOptions = {},
): Promise<LoadedDataset> {
  const manifest = await readManifest(manifestPath);
  const reader = new BlockReader(manifest, wanted, options);
  await reader.open(readTable);
  return reader.whole();
}

/** A data set that is read in parts, from the first row to the last, once. */
export interface DatasetSource {
  /** Known before reading in some formats. */
  readonly rows: number | null;
  readonly blocks: (size: number) => AsyncGenerator<LoadedBlock>;
  /** What the rows that were read suggest. */
  readonly advice: () => readonly Advice[];
}

/**
 * Opens a data set of any size. Problems of its files are reported at once, those of rows with the first block that has
 * any.
 */
export async function openDataset(
  manifestPath: string,
  wanted: readonly WantedVariable[],
  options: ReadOptions = {},
): Promise<DatasetSource> {
  const manifest = await readManifest(manifestPath);
  const reader = new BlockReader(manifest, wanted, options);
  let source: TableSource | undefined;
  await reader.open(async (file) => {
    source = await openTable(file);
    return emptyTable(source);
  });
  reader.requireOpened();
  return {
    rows: source?.rows ?? reader.imageRows(),
    blocks: (size) => blocksOf(reader, source, size),
    advice: () => reader.allAdvice(),
  };
}

async function* blocksOf(
  reader: BlockReader,
  source: TableSource | undefined,
  size: number,
): AsyncGenerator<LoadedBlock> {
  let firstRow = 0;
  const tables = source && inBlocks(source.parts(reader.columnNames()), size);
  try {
    for (;;) {
      const next = await tables?.next();
      if (next?.done) break;
      const block = await reader.block(next?.value, firstRow, size);
      if (block === undefined) break;
      firstRow += block.rows;
      yield block;
    }
    reader.requireEnd(firstRow);
  } finally {
    await tables?.return(undefined);
    await reader.close();
  }
}

/** What is known of a table before its rows: the header, so that wrong names of columns are found at once. */
function emptyTable({ file, header, rows }: TableSource): Table {
  return { file, header, rows: rows ?? 0, cells: () => ({ text: () => "" }), place: () => "" };
}
