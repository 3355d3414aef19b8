/**
 * The chunks of a PNG file (ISO/IEC 15948): its header and the other data that its pixels need. Checksums, order and
 * lengths are checked; nothing is unpacked here, so a picture of the wrong size costs no more than its bytes.
 */
import { crc32 } from "node:zlib";

/** The problem with a file, in words that follow "not a readable PNG file: ". */
export class PngProblem extends Error {}

export type PngColour = "grey" | "colour" | "palette" | "grey with alpha" | "colour with alpha";

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits per sample. */
  readonly depth: number;
  readonly colour: PngColour;
  /** True if the rows are interlaced by Adam7. */
  readonly interlaced: boolean;
}

export interface PngFile extends PngHeader {
  /** Red, green and blue of every entry, 8 bits each. */
  readonly palette: Uint8Array | undefined;
  /** The chunk tRNS: the alpha of the palette's first entries, or the one transparent colour, 16 bits per sample. */
  readonly transparency: Uint8Array | undefined;
  /** The zlib stream of the pixels. */
  readonly packed: Uint8Array;
}

interface ColourType {
  readonly colour: PngColour;
  readonly depths: readonly number[];
}

const colourTypes: Readonly<Record<number, ColourType>> = {
  0: { colour: "grey", depths: [1, 2, 4, 8, 16] },
  2: { colour: "colour", depths: [8, 16] },
  3: { colour: "palette", depths: [1, 2, 4, 8] },
  4: { colour: "grey with alpha", depths: [8, 16] },
  6: { colour: "colour with alpha", depths: [8, 16] },
};

/** Samples per pixel, as they lie in the file. */
export const samplesOf: Readonly<Record<PngColour, number>> = {
  grey: 1,
  colour: 3,
  palette: 1,
  "grey with alpha": 2,
  "colour with alpha": 4,
};

/** The number of channels without alpha. */
export const coloursOf: Readonly<Record<PngColour, 1 | 3>> = {
  grey: 1,
  colour: 3,
  palette: 3,
  "grey with alpha": 1,
  "colour with alpha": 3,
};

export function hasAlpha({ colour, transparency }: PngFile): boolean {
  return transparency !== undefined || colour === "grey with alpha" || colour === "colour with alpha";
}

const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");

export function readPngFile(bytes: Uint8Array): PngFile {
  let header: PngHeader | undefined;
  let palette: Uint8Array | undefined;
  let transparency: Uint8Array | undefined;
  const packed: Uint8Array[] = [];
  let last = "";
  for (const { type, data } of chunksOf(bytes)) {
    if ((header === undefined) !== (type === "IHDR")) throw new PngProblem("its header IHDR does not come first, once");
    if (type === "IHDR") header = headerOf(data);
    else if (type === "PLTE") palette = paletteOf(data, packed.length > 0 || palette !== undefined);
    else if (type === "tRNS") transparency = data;
    else if (type === "IDAT") {
      if (packed.length > 0 && last !== "IDAT") throw new PngProblem("its pixels (IDAT) are not in one piece");
      packed.push(data);
    } else if (isCritical(type) && type !== "IEND")
      throw new PngProblem(`the chunk ${JSON.stringify(type)}, which its pixels depend on, is not known`);
    last = type;
  }
  if (header === undefined || last !== "IEND") throw cutShort();
  if (packed.length === 0) throw new PngProblem("it has no pixels (IDAT)");
  if (header.colour === "palette" && palette === undefined) throw new PngProblem("its palette (PLTE) is missing");
  const own = transparencyOf(header, transparency, palette);
  return { ...header, palette, transparency: own, packed: Buffer.concat(packed) };
}

function* chunksOf(bytes: Uint8Array): Generator<{ readonly type: string; readonly data: Uint8Array }> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (!file.subarray(0, signature.length).equals(signature)) throw new PngProblem("it does not begin as one");
  for (let at = signature.length; at < file.length; ) {
    if (at + 12 > file.length) throw cutShort();
    const end = at + 8 + file.readUInt32BE(at);
    const type = file.toString("latin1", at + 4, at + 8);
    if (!/^[A-Za-z]{4}$/.test(type)) throw new PngProblem(`byte ${at + 4} does not begin a chunk`);
    if (end + 4 > file.length) throw cutShort();
    if (crc32(file.subarray(at + 4, end)) !== file.readUInt32BE(end))
      throw new PngProblem(`the checksum (CRC) of its chunk ${type} at byte ${at} does not match, so it is damaged`);
    yield { type, data: file.subarray(at + 8, end) };
    // Some programs write more data after the end.
    if (type === "IEND") return;
    at = end + 4;
  }
}

function cutShort(): PngProblem {
  return new PngProblem("it is cut short");
}

/** True for a critical chunk; a decoder that does not know it cannot show the picture. */
function isCritical(type: string): boolean {
  return type[0] === type[0]!.toUpperCase();
}

function headerOf(data: Uint8Array): PngHeader {
  if (data.length !== 13) throw new PngProblem("its header has a wrong length");
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, colourType, compression, filter, interlace] = data.subarray(8) as unknown as [number, ...number[]];
  const type = colourTypes[colourType!];
  if (width === 0 || height === 0) throw new PngProblem(`its header gives it ${height}×${width} pixels`);
  if (type === undefined || !type.depths.includes(depth))
    throw new PngProblem(`its header gives it ${depth} bits of the colour type ${colourType}, which do not exist`);
  if (compression !== 0 || filter !== 0 || interlace! > 1)
    throw new PngProblem("its header names a compression, filter or interlacing that does not exist");
  return { width, height, depth, colour: type.colour, interlaced: interlace === 1 };
}

function paletteOf(data: Uint8Array, isLate: boolean): Uint8Array {
  if (isLate) throw new PngProblem("its palette (PLTE) comes twice, or after the pixels");
  if (data.length === 0 || data.length % 3 !== 0 || data.length > 3 * 256)
    throw new PngProblem(`its palette (PLTE) has ${data.length} bytes, not three for each of 1 to 256 colours`);
  return data;
}

/** The transparency of a picture. With an alpha channel tRNS is not needed, and decoders ignore it. */
function transparencyOf({ colour }: PngHeader, data: Uint8Array | undefined, palette: Uint8Array | undefined) {
  if (data === undefined || colour === "grey with alpha" || colour === "colour with alpha") return undefined;
  const fits =
    colour === "palette"
      ? data.length > 0 && 3 * data.length <= palette!.length
      : data.length === 2 * samplesOf[colour];
  if (!fits) throw new PngProblem(`its transparency (tRNS) has ${data.length} bytes, which do not fit its colours`);
  return data;
}
