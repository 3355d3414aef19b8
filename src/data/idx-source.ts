/** Reads the items of an IDX file, plain or gzipped, some at a time. */
import { stat } from "node:fs/promises";
import { failure } from "../diagnostics/diagnostic.js";
import { ByteReader, firstBytes } from "./byte-reader.js";
import { decodeHeader, elementsOf, type IdxArray, longestHeader, requireLength } from "./idx.js";
import { isGzip } from "./read-bytes.js";

export interface IdxSource {
  readonly file: string;
  readonly shape: readonly number[];
  /** The next items, at most `items` of them. Throws where the file ends before its header says, or goes on after it. */
  read(items: number): Promise<IdxArray>;
  close(): Promise<void>;
}

export async function openIdx(file: string, role: string): Promise<IdxSource> {
  const packed = isGzip(await firstBytes(file, role, 2));
  const peek = new ByteReader(file, role);
  const header = decodeHeader(await peek.read(longestHeader), file);
  await peek.close();
  const [rows = 0, ...sizes] = header.shape;
  if (rows === 0) throw failure("6007", file, `${role}: the IDX file has no items`, "Export it again.");
  if (!packed) requireLength(header, (await stat(file)).size, file);
  const reader = new ByteReader(file, role);
  await reader.read(header.length);
  const size = elementsOf(sizes);
  let done = 0;
  return {
    file,
    shape: header.shape,
    async read(items) {
      const count = Math.min(items, rows - done);
      const data = await reader.read(count * size);
      const before = header.length + done * size;
      done += count;
      if (data.length < count * size) requireLength(header, before + data.length, file);
      if (done === rows) {
        const after = (await reader.read(1)).length;
        if (after > 0) requireLength(header, before + data.length + after, file);
      }
      return { shape: [count, ...sizes], data };
    },
    close: () => reader.close(),
  };
}
