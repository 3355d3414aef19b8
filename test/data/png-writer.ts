/**
 * PNG files of every kind for tests, written apart from the reader: which pass of Adam7 a pixel belongs to is looked up
 * in the standard's 8×8 table, so that no steps or strides are shared with the code that is tested.
 */
import { crc32, deflateSync } from "node:zlib";

export interface PngParts {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colourType: 0 | 2 | 3 | 4 | 6;
  /** Samples row by row. */
  readonly values: ArrayLike<number>;
  readonly interlaced?: boolean;
  /** The filter of each row, in turn. */
  readonly filters?: readonly number[];
  readonly palette?: readonly number[];
  readonly transparency?: readonly number[];
  /** Instead of the pixels that belong there. */
  readonly packed?: Uint8Array;
}

export const samplesAPixel = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 } as const;

/** The pass, 1 to 7, of pixel (row, column) modulo 8. */
const passTable = [
  "16462646",
  "77777777",
  "56565656",
  "77777777",
  "36463646",
  "77777777",
  "56565656",
  "77777777",
] as const;

export function pngFile(parts: PngParts): Buffer {
  const { width, height, depth, colourType, interlaced = false, palette, transparency } = parts;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colourType, 0, 0, interlaced ? 1 : 0], 8);
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    ...(palette ? [chunk("PLTE", Uint8Array.from(palette))] : []),
    ...(transparency ? [chunk("tRNS", Uint8Array.from(transparency))] : []),
    chunk("IDAT", parts.packed ?? deflateSync(filteredRows(parts))),
    chunk("IEND", new Uint8Array()),
  ]);
}

export function chunk(type: string, data: Uint8Array): Buffer {
  const whole = Buffer.alloc(data.length + 12);
  whole.writeUInt32BE(data.length, 0);
  whole.write(type, 4, "latin1");
  whole.set(data, 8);
  whole.writeUInt32BE(crc32(whole.subarray(4, 8 + data.length)), 8 + data.length);
  return whole;
}

function filteredRows({ width, height, depth, colourType, values, interlaced = false, filters = [0] }: PngParts) {
  const samples = samplesAPixel[colourType];
  const distance = Math.max(1, (samples * depth) / 8);
  const bytes: number[] = [];
  let written = 0;
  for (const pass of interlaced ? "1234567" : "0") {
    let above: number[] | undefined;
    for (let y = 0; y < height; y++) {
      const row: number[] = [];
      for (let x = 0; x < width; x++)
        if (!interlaced || passTable[y % 8]![x % 8] === pass)
          for (let k = 0; k < samples; k++) row.push(values[(y * width + x) * samples + k]!);
      if (row.length === 0) continue;
      const line = packedBits(row, depth);
      const filter = filters[written++ % filters.length]!;
      bytes.push(filter, ...line.map((_, at) => (line[at]! - predicted(filter, line, above, at, distance)) & 255));
      above = line;
    }
  }
  return Uint8Array.from(bytes);
}

/** As text of bits, filled with zeros to whole bytes. */
function packedBits(row: readonly number[], depth: number): number[] {
  const bits = row.map((value) => value.toString(2).padStart(depth, "0")).join("");
  const padded = bits.padEnd(8 * Math.ceil(bits.length / 8), "0");
  return Array.from({ length: padded.length / 8 }, (_, at) => Number.parseInt(padded.slice(8 * at, 8 * at + 8), 2));
}

function predicted(
  filter: number,
  line: readonly number[],
  above: readonly number[] | undefined,
  at: number,
  distance: number,
): number {
  const a = line[at - distance] ?? 0;
  const b = above?.[at] ?? 0;
  const c = above?.[at - distance] ?? 0;
  const p = a + b - c;
  const nearest = [a, b, c].reduce((best, next) => (Math.abs(p - next) < Math.abs(p - best) ? next : best));
  return [0, a, b, Math.floor((a + b) / 2), nearest][filter] ?? 0;
}
