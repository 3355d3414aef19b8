/** Reads the items of an IDX file, plain or gzipped, some at a time. */
import { stat } from "node:fs/promises";
import { failure } from "../../diagnostics/diagnostic.js";
import { ByteReader, firstBytes } from "../files/byte-reader.js";
import { isGzip } from "../files/read-bytes.js";
import { decodeHeader, elementsOf, type IdxType, isBytes, longestHeader, requireLength } from "./idx.js";

/** Some items: their elements as bytes if the file holds unsigned bytes, else as the numbers that it holds. */
export interface IdxItems {
  readonly shape: readonly number[];
  readonly data: Uint8Array | Float64Array;
}

export interface IdxSource {
  readonly file: string;
  readonly shape: readonly number[];
  readonly type: IdxType;
  /** The next items, at most `items` of them. Throws if the file ends before its header says, or continues after it. */
  read(items: number): Promise<IdxItems>;
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
  const { type } = header;
  const size = elementsOf(sizes) * type.bytes;
  let done = 0;
  return {
    file,
    shape: header.shape,
    type,
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
      return { shape: [count, ...sizes], data: isBytes(type) ? data : numbersOf(data, type) };
    },
    close: () => reader.close(),
  };
}

function numbersOf(bytes: Uint8Array, type: IdxType): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from({ length: bytes.byteLength / type.bytes }, (_, at) => type.read(view, at * type.bytes));
}
