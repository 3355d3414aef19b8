/**
 * Writes the images of one variable, block by block: as one IDX file, or as a folder of PNG files named by the rows'
 * numbers.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { failure } from "../../diagnostics/diagnostic.js";
import { columnRows, type ImageColumn } from "../columns/dataset.js";
import { ending, type FileSink, isGzipName, openFile, temporaryBeside } from "../files/temporary-files.js";
import { encodeHeader } from "./idx.js";
import { encodePng } from "./png-encode.js";

export interface ImageSink {
  write(column: ImageColumn, firstRow: number): Promise<void>;
  finish(): Promise<void>;
  abort(): Promise<void>;
}

/**
 * Writes `path` itself, which must not exist; gzipped if the name ends with .gz. The header gets the number of items at
 * the end.
 */
export function idxSink(path: string): ImageSink {
  let opened: { readonly sink: FileSink; readonly header: (rows: number) => Uint8Array } | undefined;
  let rows = 0;
  return {
    async write(column) {
      const { height, width, channels } = column;
      const header = (items: number) => encodeHeader([items, height, width, ...(channels === 1 ? [] : [channels])]);
      opened ??= { sink: await openFile(path, isGzipName(path), header(0)), header };
      rows += columnRows(column);
      await opened.sink.write(column.pixels);
    },
    async finish() {
      await opened?.sink.patch(opened.header(rows));
      await opened?.sink.finish();
    },
    async abort() {
      await opened?.sink.abort();
    },
  };
}

/** The same, but the file takes its place only when it is whole. */
export function wholeIdxSink(target: string): ImageSink {
  const path = temporaryBeside(target, isGzipName(target) ? "part.gz" : "part");
  const sink = idxSink(path);
  return {
    write: (column, firstRow) => sink.write(column, firstRow),
    ...ending(sink, path, target),
  };
}

/** The name of a row's file; eight digits keep the files of a folder in the order of the rows. */
export function pngName(row: number): string {
  return `${String(row).padStart(8, "0")}.png`;
}

export function pngSink(directory: string): ImageSink {
  let made = false;
  return {
    async write({ height, width, channels, pixels }, firstRow) {
      if (channels > 4)
        throw failure(
          "6075",
          basename(directory),
          `its images have ${channels} channels, and a PNG picture has one to four`,
          "Write them as IDX: --images idx.",
        );
      if (!made) await mkdir(directory);
      made = true;
      const size = height * width * channels;
      for (let row = 0; row * size < pixels.length; row++) {
        const picture = { height, width, channels, pixels: pixels.subarray(row * size, (row + 1) * size) };
        await writeFile(join(directory, pngName(firstRow + row)), encodePng(picture));
      }
    },
    async finish() {},
    async abort() {},
  };
}
