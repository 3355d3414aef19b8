/** Opens a table by its first bytes: as Parquet if they say so, else as CSV. */

import { inBlocks, type Table, type TableSource } from "../columns/table.js";
import { firstBytes } from "../files/byte-reader.js";
import { openCsv } from "./csv.js";
import { isParquet, openParquet } from "./parquet-source.js";

export async function openTable(file: string): Promise<TableSource> {
  return isParquet(await firstBytes(file, "the table", 4)) ? openParquet(file) : openCsv(file);
}

/** Reads a whole table into memory, as one block of all rows. */
export async function readTable(file: string): Promise<Table> {
  const source = await openTable(file);
  const { header, decimal } = source;
  for await (const table of inBlocks(source, header, Number.POSITIVE_INFINITY, () => decimal ?? ".")) return table;
  throw new Error(`${file}: a table without rows`);
}
