/**
 * Images from PNG files whose names a column of the table holds: decoded, brought to 8 bits a channel, cropped, resized. Rows must
 * agree in size and channels; problems of many files are reported together, each with its row.
 */
import { decode } from "fast-png";
import { type Diagnostic, ScmcError } from "../diagnostics/diagnostic.js";
import type { ImageDomain, PngBinding } from "../model/schema-types.js";
import { BadRows } from "./bad-rows.js";
import type { Cells } from "./cells.js";
import type { ImageColumn } from "./dataset.js";
import { kindOfFile } from "./file-kinds.js";
import { readBytes } from "./read-bytes.js";
import { cropPicture, type Picture, resizePicture } from "./resize-picture.js";

/** Files read at once. */
const atOnce = 16;

export interface PictureWish {
  readonly binding: PngBinding;
  /** What the variable's type asks for; null, and sizes that are null, are taken from the first picture. */
  readonly wanted: ImageDomain | null;
  /** The path of a file that the column names. */
  readonly path: (name: string) => string;
}

type Outcome = { readonly picture: Picture } | { readonly problem: string };

/** The images of all rows; throws what is wrong with them. */
export async function readPictures(cells: Cells, { binding, wanted, path }: PictureWish): Promise<ImageColumn> {
  let column: { height: number; width: number; channels: number; pixels: Uint8Array } | undefined;
  const problems = new Map<number, string>();
  for (let start = 0; start < cells.length; start += atOnce) {
    const rows = Array.from({ length: Math.min(atOnce, cells.length - start) }, (_, k) => start + k);
    const outcomes = await Promise.all(
      rows.map((row) => readPicture(cells.text(row), path, binding, column?.channels ?? wanted?.channels ?? null)),
    );
    for (const [k, outcome] of outcomes.entries()) {
      const row = start + k;
      if ("problem" in outcome) {
        problems.set(row, outcome.problem);
        continue;
      }
      const { height, width, channels, pixels } = outcome.picture;
      const size = height * width * channels;
      const expected = column ?? {
        height: wanted?.height ?? height,
        width: wanted?.width ?? width,
        channels: binding.channels ?? wanted?.channels ?? channels,
      };
      if (expected.height !== height || expected.width !== width || expected.channels !== channels) {
        problems.set(row, `it is ${described(outcome.picture)}, not ${described(expected)}`);
        continue;
      }
      column ??= { height, width, channels, pixels: new Uint8Array(cells.length * size) };
      column.pixels.set(pixels, row * size);
    }
  }
  if (problems.size > 0) throw new ScmcError(diagnostics(cells, problems));
  return { kind: "image", ...column! };
}

function described({ height, width, channels }: Omit<Picture, "pixels">): string {
  return `${height}×${width} with ${channels} ${channels === 1 ? "channel" : "channels"}`;
}

function diagnostics(cells: Cells, problems: ReadonlyMap<number, string>): Diagnostic[] {
  const bad = new BadRows((row) => `${cells.place(row)} ${JSON.stringify(cells.text(row))} (${problems.get(row)})`);
  for (const row of problems.keys()) bad.add(row);
  return bad.diagnostics({
    code: "6025",
    file: cells.file,
    message: `${cells.name}: ${bad.counted("picture", "pictures")} cannot be taken`,
    hint: [...problems.values()].some((problem) => problem.includes("channel"))
      ? 'The type says how many channels a picture has: image(28, 28) has one, image(28, 28, 3) three. "channels": 1 beside "png" in the manifest turns pictures in colour grey, "channels": 3 grey ones into red, green and blue.'
      : 'File names are relative to the manifest, or to its "directory"; "crop" and "resize" bring pictures to one size.',
  });
}

async function readPicture(
  name: string,
  path: (name: string) => string,
  { crop, resize, channels: stated }: PngBinding,
  channels: number | null,
): Promise<Outcome> {
  if (name === "") return { problem: "no file name" };
  let decoded: ReturnType<typeof decode>;
  try {
    const bytes = await readBytes(path(name), "the picture");
    const kind = kindOfFile(bytes);
    if (kind !== undefined && kind !== "a PNG picture") return { problem: `it is ${kind}, not PNG` };
    decoded = decode(bytes, { checkCrc: true });
  } catch (error) {
    if (error instanceof ScmcError) return { problem: error.diagnostics[0]!.message };
    return { problem: `not a readable PNG file: ${(error as Error).message}` };
  }
  let picture = inChannels(withoutAlpha(inBytes(decoded), stated ?? channels), stated);
  if (crop) {
    const { top, left, height, width } = crop;
    if (top + height > picture.height || left + width > picture.width)
      return { problem: `the crop ends outside its ${picture.height}×${picture.width} pixels` };
    picture = cropPicture(picture, top, left, height, width);
  }
  return { picture: resize ? resizePicture(picture, resize.height, resize.width) : picture };
}

/** 8 bits a channel: palettes are looked up, fewer bits are spread over 0..255, 16 bits are rounded. */
function inBytes(decoded: ReturnType<typeof decode>): Picture {
  const { height, width, channels, depth, data, palette } = decoded;
  if (palette) {
    const size = palette[0]!.length;
    const indices = unpacked(data, height, width, depth);
    const pixels = new Uint8Array(height * width * size);
    indices.forEach((index, at) => {
      pixels.set(palette[index] ?? [], at * size);
    });
    return { height, width, channels: size, pixels };
  }
  if (depth === 16)
    return { height, width, channels, pixels: Uint8Array.from(data, (value) => Math.round(value / 257)) };
  if (depth === 8) return { height, width, channels, pixels: Uint8Array.from(data) };
  const largest = 2 ** depth - 1;
  const pixels = unpacked(data, height, width, depth).map((value) => Math.round((255 * value) / largest));
  return { height, width, channels, pixels };
}

/** One byte a pixel from rows of packed bits, each row starting at a byte. */
function unpacked(data: ArrayLike<number>, height: number, width: number, depth: number): Uint8Array {
  const stride = Math.ceil((width * depth) / 8);
  if (depth === 8 || data.length !== height * stride) return Uint8Array.from(data);
  const pixels = new Uint8Array(height * width);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const bit = column * depth;
      const byte = data[row * stride + (bit >> 3)]!;
      pixels[row * width + column] = (byte >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
    }
  return pixels;
}

/**
 * Grey from red, green and blue by the weights of ITU-R BT.601, 0.299, 0.587 and 0.114, rounded; and grey as all three. Only where the
 * manifest asks for it.
 */
function inChannels(picture: Picture, stated: 1 | 3 | undefined): Picture {
  const { height, width, channels, pixels } = picture;
  if (stated === undefined || stated === channels) return picture;
  const size = height * width;
  const changed = new Uint8Array(size * stated);
  if (stated === 3) for (let at = 0; at < 3 * size; at++) changed[at] = pixels[Math.floor(at / 3)]!;
  else
    for (let at = 0; at < size; at++)
      changed[at] = Math.round((299 * pixels[3 * at]! + 587 * pixels[3 * at + 1]! + 114 * pixels[3 * at + 2]!) / 1000);
  return { height, width, channels: stated, pixels: changed };
}

/** Transparency is no channel of an image, unless the type asks for it. */
function withoutAlpha(picture: Picture, wanted: number | null): Picture {
  const { height, width, channels, pixels } = picture;
  if ((channels !== 2 && channels !== 4) || channels === wanted) return picture;
  const kept = channels - 1;
  const opaque = new Uint8Array(height * width * kept);
  for (let at = 0; at < height * width; at++)
    for (let k = 0; k < kept; k++) opaque[at * kept + k] = pixels[at * channels + k]!;
  return { height, width, channels: kept, pixels: opaque };
}
