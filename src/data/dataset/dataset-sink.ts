/**
 * Writes a data set as a directory, block by block: a table of ids, scalars, vectors and recorded noise, the images of
 * each image variable, and a `manifest.json` that describes them for reading. The directory appears when all is
 * written.
 */

import { realpath, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { failure } from "../../diagnostics/diagnostic.js";
import { isName } from "../../diagnostics/names.js";
import type { Binding, Manifest } from "../../schema/types.js";
import { type Column, columnRows, type DatasetBlock } from "../columns/dataset.js";
import { type FreshDirectory, openFresh } from "../files/fresh-directory.js";
import { openFile } from "../files/temporary-files.js";
import { type ImageSink, idxSink, pngName, pngSink } from "../images/image-sinks.js";
import { type BlockSink, cellsOf, idsOf, type TableCells } from "../tables/block-sink.js";
import { csvSink, type TableSink } from "../tables/csv-sink.js";
import { parquetSink } from "../tables/parquet-sink.js";
import { checkDatasetTarget, writeFailure } from "./dataset-target.js";
import { idColumnName, imageFileName } from "./output-names.js";

export type TableFormat = "csv" | "csv.gz" | "parquet";
export type ImageFormat = "idx" | "idx.gz" | "png";

/** Further files of the directory by name, such as a summary. */
export type ExtraFiles = ReadonlyMap<string, string | Uint8Array>;

export interface DirectoryFormat {
  readonly table: TableFormat;
  readonly images: ImageFormat;
  readonly overwrite?: boolean;
  readonly extraFiles?: ExtraFiles;
}

export async function openDatasetDirectory(directory: string, format: DirectoryFormat): Promise<BlockSink> {
  const occupied = await checkDatasetTarget(directory, format.overwrite ?? false, format.extraFiles?.keys());
  const target = occupied ? await realpath(directory) : resolve(directory);
  /** Turns failures of the file system into messages about the directory that was asked for. */
  const inWords = async <Result>(action: Promise<Result>): Promise<Result> => {
    try {
      return await action;
    } catch (error) {
      throw writeFailure(directory, error);
    }
  };
  const sink = new DirectorySink(await inWords(openFresh(target, occupied)), format);
  return {
    write: (block) => inWords(sink.write(block)),
    finish: () => inWords(sink.finish()),
    abort: () => sink.abort(),
  };
}

class DirectorySink implements BlockSink {
  private table: TableSink | undefined;
  private readonly images = new Map<string, ImageSink>();
  private manifest: Manifest | undefined;

  constructor(
    private readonly fresh: FreshDirectory,
    private readonly format: DirectoryFormat,
  ) {}

  async write(block: DatasetBlock): Promise<void> {
    checkRows(block);
    const id = idColumnName(block);
    const cells: TableCells[] = [{ kind: "texts", name: id, texts: idsOf(block) }];
    for (const [name, column] of block.columns) cells.push(...this.cells(name, column, block));
    for (const [key, column] of block.noise) cells.push(...cellsOf(key, column));
    this.manifest ??= this.describe(block, id);
    this.table ??= await this.openTable();
    await this.table.write(cells);
    for (const [name, column] of block.columns)
      if (column.kind === "image") await this.imageSink(name, column).write(column, block.firstRow);
  }

  async finish(): Promise<void> {
    await this.table?.finish();
    for (const sink of this.images.values()) await sink.finish();
    for (const [name, content] of this.format.extraFiles ?? [])
      await writeFile(join(this.fresh.path, name), content, { flag: "wx" });
    await writeFile(join(this.fresh.path, "manifest.json"), `${JSON.stringify(this.manifest, null, 2)}\n`);
    await this.fresh.commit();
  }

  async abort(): Promise<void> {
    await this.table?.abort();
    for (const sink of this.images.values()) await sink.abort();
    await this.fresh.abort();
  }

  private async openTable(): Promise<TableSink> {
    const bytes = await openFile(join(this.fresh.path, `table.${this.format.table}`), this.format.table === "csv.gz");
    return this.format.table === "parquet" ? parquetSink(bytes) : csvSink(bytes);
  }

  private imageSink(name: string, column: Column & { kind: "image" }): ImageSink {
    const path = join(this.fresh.path, this.imagePath(name, column));
    const known = this.images.get(name) ?? (this.format.images === "png" ? pngSink(path) : idxSink(path));
    this.images.set(name, known);
    return known;
  }

  /** A file of images, or the directory of a variable's pictures. */
  private imagePath(name: string, column: Column & { kind: "image" }): string {
    if (this.format.images === "png") return name;
    return `${imageFileName(name, column)}${this.format.images === "idx.gz" ? ".gz" : ""}`;
  }

  private cells(name: string, column: Column, { firstRow, rows }: DatasetBlock): TableCells[] {
    if (column.kind !== "image" || this.format.images !== "png") return cellsOf(name, column);
    return [{ kind: "texts", name, texts: Array.from({ length: rows }, (_, row) => pngName(firstRow + row)) }];
  }

  private describe(block: DatasetBlock, id: string): Manifest {
    const manifest: Manifest = { table: `table.${this.format.table}`, id, variables: {} };
    for (const [name, column] of block.columns) {
      // Shares, deviations and quantiles of a variable (`a.p.yes`) are columns of the table, not variables.
      if (!isName(name)) continue;
      if (column.kind !== "image") manifest.variables[name] = bindingOf(name, column);
      else if (this.format.images === "png") manifest.variables[name] = { png: name, directory: name };
      else manifest.variables[name] = { idx: this.imagePath(name, column) };
    }
    for (const [key, column] of block.noise) {
      const [variable, name] = key.split(".");
      if (variable === undefined || name === undefined || column.kind !== "numeric")
        throw new RangeError(`noise ${key}: expected a numeric column under the key variable.noise`);
      manifest.noise ??= {};
      manifest.noise[variable] ??= {};
      manifest.noise[variable][name] =
        column.items === undefined ? { column: key } : { column: key, items: column.items };
    }
    return manifest;
  }
}

function checkRows({ rows, ids, columns, noise }: DatasetBlock): void {
  if (ids !== null && ids.length !== rows) throw new RangeError(`${ids.length} ids for ${rows} rows`);
  for (const [name, column] of [...columns, ...noise])
    if (columnRows(column) !== rows) throw new RangeError(`${name} has ${columnRows(column)} rows, not ${rows}`);
}

function bindingOf(name: string, column: Exclude<Column, { kind: "image" }>): Binding {
  const [first, ...others] = cellsOf(name, column).map((each) => each.name);
  if (column.kind === "vector") return { columns: [first!, ...others] };
  if (column.kind === "numeric") return { column: first! };
  const [zero, one, ...rest] = column.levels;
  if (zero === undefined || one === undefined)
    throw failure("6016", name, "a category needs at least two levels", "Leave the variable out.");
  return { column: first!, levels: [zero, one, ...rest] };
}
