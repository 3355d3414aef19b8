/**
 * Opens the place that answers are written to, by the name of the output. `.csv`, `.csv.gz` and `.parquet` are tables;
 * `.idx`, `.idx.gz` (and names that end with `-ubyte`, `-ubyte.gz`) are images of one variable; any other name is a
 * directory that holds a whole data set. Without a name, units go to a stream of bytes as CSV or as JSON Lines.
 */
import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { type ByteSink, openWhole } from "../files/temporary-files.js";
import { type ImageSink, wholeIdxSink } from "../images/image-sinks.js";
import { type BlockSink, cellsOf, type TableCells } from "../tables/block-sink.js";
import { csvSink, jsonLinesSink, type TableSink } from "../tables/csv-sink.js";
import { parquetSink } from "../tables/parquet-sink.js";
import { type DirectoryFormat, openDatasetDirectory } from "./dataset-sink.js";
import { idColumnName } from "./output-names.js";

export type OutputKind = "table" | "images" | "directory";

export function outputKind(out: string): OutputKind {
  const name = out.toLowerCase();
  if (/\.(csv|csv\.gz|parquet)$/.test(name)) return "table";
  return /(\.idx|-ubyte)(\.gz)?$/.test(name) ? "images" : "directory";
}

export async function openSink(out: string, format: DirectoryFormat): Promise<BlockSink> {
  switch (outputKind(out)) {
    case "table": {
      const bytes = await openWhole(out);
      return tableSink(out.toLowerCase().endsWith(".parquet") ? parquetSink(bytes) : csvSink(bytes));
    }
    case "images":
      await mkdir(dirname(resolve(out)), { recursive: true });
      return imagesSink(wholeIdxSink(out));
    case "directory":
      return openDatasetDirectory(out, format);
  }
}

/** Units as text on a stream. */
export function openStream(bytes: ByteSink, form: "csv" | "jsonl"): BlockSink {
  return tableSink(form === "csv" ? csvSink(bytes) : jsonLinesSink(bytes));
}

/**
 * Writes the variables alone, and the ids if the data have any; without ids rows keep their order, so row numbers would
 * add nothing.
 */
function tableSink(table: TableSink): BlockSink {
  return {
    async write(block) {
      const ids: TableCells[] = block.ids ? [{ kind: "texts", name: idColumnName(block), texts: block.ids }] : [];
      await table.write([...ids, ...[...block.columns].flatMap(([name, column]) => cellsOf(name, column))]);
    },
    finish: () => table.finish(),
    abort: () => table.abort(),
  };
}

function imagesSink(images: ImageSink): BlockSink {
  return {
    async write({ columns, firstRow }) {
      for (const column of columns.values()) if (column.kind === "image") await images.write(column, firstRow);
    },
    finish: () => images.finish(),
    abort: () => images.abort(),
  };
}
