/**
 * Reads the pixels of a PNG file (ISO/IEC 15948): unpacks them, undoes filters, joins Adam7's passes, and looks up
 * palettes and transparent colours. Samples keep the bits that they have in the file.
 */
import { inflateSync } from "node:zlib";
import { coloursOf, hasAlpha, type PngFile, type PngHeader, PngProblem, samplesOf } from "./png-chunks.js";

/**
 * Samples row by row, `channels` per pixel, each from 0 to `largest`; the last of an even number of channels is alpha.
 */
export interface Samples {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly largest: number;
  readonly values: Uint8Array | Uint16Array;
}

/** The cap on a picture's unpacked bytes: 16,384×16,384 grey pixels, more than a mechanism can be fitted to. */
const mostBytes = 2 ** 28;

export function readPngPixels(file: PngFile): Samples {
  const { height, width, depth, colour } = file;
  const passes = passesOf(file);
  const size = passes.reduce((sum, pass) => sum + pass.rows * (1 + pass.stride), 0);
  const unpacked = size * (depth < 8 ? 8 / depth : 1);
  if (unpacked > mostBytes)
    throw new PngProblem(
      `its ${height}×${width} pixels unpack to ${megabytes(unpacked)}, and at most ${megabytes(mostBytes)} are read`,
    );
  const bytes = inflate(file.packed, size);
  const samples = samplesOf[colour];
  const count = height * width * samples;
  const values = depth === 16 ? new Uint16Array(count) : new Uint8Array(count);
  const bytesAPixel = Math.max(1, (samples * depth) / 8);
  let offset = 0;
  for (const { rows, columns, stride, top, left, down, right } of passes) {
    let above: Uint8Array = new Uint8Array(stride);
    for (let row = 0; row < rows; row++) {
      const line = bytes.subarray(offset + 1, offset + 1 + stride);
      unfilter(bytes[offset]!, line, above, bytesAPixel);
      const start = ((top + row * down) * width + left) * samples;
      place(line, depth, values, { start, step: right * samples, samples, columns });
      above = line;
      offset += 1 + stride;
    }
  }
  const raw: Samples = { height, width, channels: samples, largest: 2 ** depth - 1, values };
  if (colour === "palette") return lookedUp(raw, file);
  return file.transparency === undefined ? raw : withColourKey(raw, file.transparency);
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20).toLocaleString("en")} MiB`;
}

interface Pass {
  readonly rows: number;
  readonly columns: number;
  /** Bytes per row, without its filter byte. */
  readonly stride: number;
  readonly top: number;
  readonly left: number;
  readonly down: number;
  readonly right: number;
}

/** `[top, left, down, right]` of the passes: the first pixel, and the steps to the next ones. */
const adam7 = [
  [0, 0, 8, 8],
  [0, 4, 8, 8],
  [4, 0, 8, 4],
  [0, 2, 4, 4],
  [2, 0, 4, 2],
  [0, 1, 2, 2],
  [1, 0, 2, 1],
] as const;

/** The passes that have pixels; empty passes do not have rows in the file. */
function passesOf({ height, width, depth, colour, interlaced }: PngHeader): Pass[] {
  const grids = interlaced ? adam7 : [[0, 0, 1, 1] as const];
  return grids
    .map(([top, left, down, right]) => {
      const rows = Math.max(0, Math.ceil((height - top) / down));
      const columns = Math.max(0, Math.ceil((width - left) / right));
      return { rows, columns, stride: Math.ceil((columns * samplesOf[colour] * depth) / 8), top, left, down, right };
    })
    .filter(({ rows, columns }) => rows > 0 && columns > 0);
}

/** Unpacks exactly `size` bytes; zlib checks the Adler sum. */
function inflate(packed: Uint8Array, size: number): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = inflateSync(packed, { maxOutputLength: size });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ERR_BUFFER_TOO_LARGE") throw new PngProblem("it has more pixels than its header says");
    throw new PngProblem(`its pixels do not unpack (${message}), so it is damaged`);
  }
  if (bytes.length < size) throw new PngProblem("it has fewer pixels than its header says");
  return bytes;
}

/** Undoes a filter in place. A filter predicts a byte from those to the left, above, and above to the left. */
function unfilter(filter: number, line: Uint8Array, above: Uint8Array, distance: number): void {
  switch (filter) {
    case 0:
      return;
    case 1:
      for (let at = distance; at < line.length; at++) line[at]! += line[at - distance]!;
      return;
    case 2:
      for (let at = 0; at < line.length; at++) line[at]! += above[at]!;
      return;
    case 3:
      for (let at = 0; at < line.length; at++)
        line[at]! += ((at < distance ? 0 : line[at - distance]!) + above[at]!) >> 1;
      return;
    case 4:
      for (let at = 0; at < line.length; at++)
        line[at]! += at < distance ? above[at]! : paeth(line[at - distance]!, above[at]!, above[at - distance]!);
      return;
    default:
      throw new PngProblem(`a row has the filter ${filter}, which does not exist`);
  }
}

/** The one of the three that is closest to left + above - corner; the first if several are. */
function paeth(left: number, above: number, corner: number): number {
  const [fromLeft, fromAbove, fromCorner] = [
    Math.abs(above - corner),
    Math.abs(left - corner),
    Math.abs(left + above - 2 * corner),
  ];
  if (fromLeft <= fromAbove && fromLeft <= fromCorner) return left;
  return fromAbove <= fromCorner ? above : corner;
}

interface Target {
  readonly start: number;
  /** The step from one pixel to the next. */
  readonly step: number;
  readonly samples: number;
  readonly columns: number;
}

function place(
  line: Uint8Array,
  depth: number,
  values: Uint8Array | Uint16Array,
  { start, step, samples, columns }: Target,
): void {
  if (depth === 8 && step === samples) {
    values.set(line, start);
    return;
  }
  for (let column = 0; column < columns; column++)
    for (let k = 0; k < samples; k++) values[start + column * step + k] = sampleAt(line, depth, column * samples + k);
}

function sampleAt(line: Uint8Array, depth: number, index: number): number {
  if (depth === 8) return line[index]!;
  if (depth === 16) return 256 * line[2 * index]! + line[2 * index + 1]!;
  const bit = index * depth;
  return (line[bit >> 3]! >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
}

/** The colours of a palette's indices, with alpha if the file has any. */
function lookedUp({ height, width, values }: Samples, { palette = new Uint8Array(), transparency }: PngFile): Samples {
  const channels = transparency === undefined ? 3 : 4;
  const looked = new Uint8Array(height * width * channels);
  const colours = palette.length / 3;
  for (const [pixel, index] of values.entries()) {
    if (index >= colours) throw new PngProblem(`a pixel has the colour ${index}, and its palette has ${colours}`);
    looked.set(palette.subarray(3 * index, 3 * index + 3), pixel * channels);
    if (transparency !== undefined) looked[pixel * channels + 3] = transparency[index] ?? 255;
  }
  return { height, width, channels, largest: 255, values: looked };
}

/** Adds an alpha channel that is 0 for pixels of the transparent colour. */
function withColourKey({ height, width, channels, largest, values }: Samples, transparency: Uint8Array): Samples {
  const key = Array.from(
    { length: channels },
    (_, k) => (256 * transparency[2 * k]! + transparency[2 * k + 1]!) & largest,
  );
  const size = height * width;
  const keyed = largest > 255 ? new Uint16Array(size * (channels + 1)) : new Uint8Array(size * (channels + 1));
  for (let pixel = 0; pixel < size; pixel++) {
    const from = values.subarray(pixel * channels, (pixel + 1) * channels);
    keyed.set(from, pixel * (channels + 1));
    keyed[pixel * (channels + 1) + channels] = key.every((sample, k) => sample === from[k]) ? 0 : largest;
  }
  return { height, width, channels: channels + 1, largest, values: keyed };
}

/** The number of channels of a file's decoded pixels. */
export function channelsOf(file: PngFile): number {
  return coloursOf[file.colour] + (hasAlpha(file) ? 1 : 0);
}
