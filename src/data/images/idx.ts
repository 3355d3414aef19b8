/**
 * IDX, the format of the MNIST files: two zero bytes, the element type, the number of dimensions, each size as a
 * big-endian 32-bit integer, then the elements row by row, big-endian too. All element types are read; unsigned bytes
 * are written.
 */
import { failure } from "../../diagnostics/diagnostic.js";

const unsignedByte = 0x08;

/** One type of elements: its name in messages, the bytes per element, and the function that reads one. */
export interface IdxType {
  readonly name: string;
  readonly bytes: number;
  readonly read: (view: DataView, offset: number) => number;
}

const types: ReadonlyMap<number, IdxType> = new Map([
  [unsignedByte, { name: "unsigned bytes", bytes: 1, read: (view, offset) => view.getUint8(offset) }],
  [9, { name: "signed bytes", bytes: 1, read: (view, offset) => view.getInt8(offset) }],
  [11, { name: "16-bit integers", bytes: 2, read: (view, offset) => view.getInt16(offset) }],
  [12, { name: "32-bit integers", bytes: 4, read: (view, offset) => view.getInt32(offset) }],
  [13, { name: "32-bit floats", bytes: 4, read: (view, offset) => view.getFloat32(offset) }],
  [14, { name: "64-bit floats", bytes: 8, read: (view, offset) => view.getFloat64(offset) }],
]);

export const isBytes = (type: IdxType): boolean => type === types.get(unsignedByte);

export interface IdxHeader {
  readonly shape: readonly number[];
  readonly type: IdxType;
  /** The number of bytes before the first element. */
  readonly length: number;
}

/** The length of the longest possible header. */
export const longestHeader = 4 + 4 * 255;

/** Throws a diagnostic if the bytes are not the start of an IDX file. */
export function decodeHeader(bytes: Uint8Array, file: string): IdxHeader {
  const type = types.get(bytes[2] ?? 0);
  const dimensions = bytes[3] ?? 0;
  if (bytes[0] !== 0 || bytes[1] !== 0 || type === undefined || dimensions === 0) {
    const start = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    throw failure(
      "6010",
      file,
      `not an IDX file: it starts with ${start === "" ? "nothing" : start}, where 00 00 08 and the number of dimensions were expected`,
      "Name a file such as t10k-images-idx3-ubyte, plain or gzipped.",
    );
  }
  const length = 4 + 4 * dimensions;
  if (bytes.length < length) throw wrongLength(file, bytes.length, length, `a header of ${dimensions} dimensions`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { shape: Array.from({ length: dimensions }, (_, axis) => view.getUint32(4 + 4 * axis)), type, length };
}

/** Throws if a file of `actual` bytes is not as long as its header says. */
export function requireLength({ shape, type, length }: IdxHeader, actual: number, file: string): void {
  const expected = length + elementsOf(shape) * type.bytes;
  if (actual !== expected) throw wrongLength(file, actual, expected, `the shape ${shape.join("×")}`);
}

export function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** The header of a file of unsigned bytes. */
export function encodeHeader(shape: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * shape.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(2, unsignedByte);
  view.setUint8(3, shape.length);
  for (const [axis, each] of shape.entries()) view.setUint32(4 + 4 * axis, each);
  return bytes;
}

function wrongLength(file: string, actual: number, expected: number, what: string): Error {
  const count = (bytes: number): string => bytes.toLocaleString("en");
  return failure(
    "6011",
    file,
    `the IDX file is ${actual < expected ? "truncated" : "too long"}: ${what} needs ${count(expected)} bytes, it has ${count(actual)}`,
    "Copy or download it again.",
  );
}
