/** Opens a table by what its first bytes say it is: Parquet, else CSV. */
import { firstBytes } from "./byte-reader.js";
import { parseTable } from "./csv.js";
import { openCsv } from "./csv-source.js";
import { isParquet, openParquet } from "./parquet-source.js";
import { decodeText, readBytes } from "./read-bytes.js";
import { inBlocks, type Table, type TableSource } from "./table.js";

const role = "the table";

export async function openTable(file: string): Promise<TableSource> {
  return isParquet(await firstBytes(file, role, 4)) ? openParquet(file) : openCsv(file);
}

/** A table as a whole, in memory. */
export async function readTable(file: string): Promise<Table> {
  if (!isParquet(await firstBytes(file, role, 4)))
    return parseTable(decodeText(await readBytes(file, role), file, role), file);
  const { header, parts } = await openParquet(file);
  for await (const table of inBlocks(parts(header), Number.POSITIVE_INFINITY)) return table;
  throw new Error(`${file}: a table without rows`);
}
