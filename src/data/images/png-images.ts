/**
 * Images from PNG files whose names are in a column of the table: decoded, brought to 8 bits per channel, cropped,
 * resized. Rows must agree in size and channels; problems of many files are reported together, each with its row. Sizes
 * are known from the files' headers, and are compared before any pixels are unpacked.
 */
import { failure, ScmcError } from "../../diagnostics/diagnostic.js";
import type { ImageDomain, PngBinding } from "../../schema/types.js";
import type { Cells } from "../columns/cell-column.js";
import type { ImageColumn } from "../columns/dataset.js";
import { kindOfFile } from "../files/file-kinds.js";
import { readBytes } from "../files/read-bytes.js";
import { inLevels, type LevelWish } from "./picture-levels.js";
import type { PictureNotes } from "./picture-notes.js";
import { asRowProblem, pictureDiagnostics, pictureHints, RowProblem } from "./picture-problems.js";
import { coloursOf, hasAlpha, type PngFile, readPngFile } from "./png-chunks.js";
import { readPngPixels } from "./png-pixels.js";
import { cropPicture, type Picture, resizePicture } from "./resize-picture.js";

/** The number of files that are read at the same time. */
const atOnce = 16;

/** The cap on bytes of pixels in memory. */
const mostHeld = 2 ** 32;

export interface PictureWish {
  readonly binding: PngBinding;
  /** The image domain of the variable's type; if it, or a size in it, is null, most pictures decide. */
  readonly wanted: ImageDomain | null;
  /** Gives the path of a file that the column names. */
  readonly path: (name: string) => string;
  /** Collects notes on every picture that is read. */
  readonly notes: PictureNotes;
}

type Shape = Omit<Picture, "pixels">;

/** The images of all rows; throws the problems with them. */
export async function readPictures(cells: Cells, { binding, wanted, path, notes }: PictureWish): Promise<ImageColumn> {
  const wish = levelWish(binding, wanted);
  const known = knownShape(binding, wanted);
  const shape = isWhole(known)
    ? known
    : await commonShape(cells, path, (file) => ({ ...shapeOf(file, binding, wish), ...known }));
  const pixels = new Uint8Array(requireRoom(cells, shape));
  const problems = new Map<number, RowProblem>();
  for await (const { row, read } of filesOf(cells, path))
    try {
      const file = read();
      requireShape(shapeOf(file, binding, wish), shape);
      const samples = readPngPixels(file);
      requireRange(wish.range, samples.largest);
      notes.add(samples, wish, `${cells.place(row)} ${JSON.stringify(cells.text(row))}`);
      const picture = brought(inLevels(samples, wish), binding);
      pixels.set(picture.pixels, row * picture.pixels.length);
    } catch (error) {
      problems.set(row, asRowProblem(error));
    }
  if (problems.size > 0) throw new ScmcError(pictureDiagnostics(cells, problems));
  return { kind: "image", ...shape, pixels };
}

function levelWish({ range, background, channels }: PngBinding, wanted: ImageDomain | null): LevelWish {
  return {
    range: range && [range[0]!, range[1]!],
    background,
    keepsAlpha: background === undefined && (wanted?.channels === 2 || wanted?.channels === 4),
    channels,
  };
}

/** The parts of the images' shape that the type and the manifest fix. */
function knownShape({ crop, resize, channels }: PngBinding, wanted: ImageDomain | null): Partial<Shape> {
  const height = wanted?.height ?? resize?.height ?? crop?.height;
  const width = wanted?.width ?? resize?.width ?? crop?.width;
  const all = channels ?? wanted?.channels;
  return {
    ...(height === undefined ? {} : { height }),
    ...(width === undefined ? {} : { width }),
    ...(all === undefined ? {} : { channels: all }),
  };
}

function isWhole(shape: Partial<Shape>): shape is Shape {
  const { height, width, channels } = shape;
  return height !== undefined && width !== undefined && channels !== undefined;
}

/** The size and channels that a file's image will have. */
function shapeOf(file: PngFile, { crop, resize }: PngBinding, wish: LevelWish): Shape {
  const { height, width } = file;
  if (crop && (crop.top + crop.height > height || crop.left + crop.width > width))
    throw new RowProblem(`the crop ends outside its ${height}×${width} pixels`, "size");
  const size = resize ?? crop ?? file;
  const channels = (wish.channels ?? coloursOf[file.colour]) + (wish.keepsAlpha && hasAlpha(file) ? 1 : 0);
  return { height: size.height, width: size.width, channels };
}

/** The most common shape among the files, the first if several are, for the sizes that type and manifest leave open. */
async function commonShape(
  cells: Cells,
  path: (name: string) => string,
  shape: (file: PngFile) => Shape,
): Promise<Shape> {
  const counts = new Map<string, { readonly shape: Shape; files: number }>();
  for await (const { read } of filesOf(cells, path))
    try {
      const found = shape(read());
      const count = counts.get(described(found)) ?? { shape: found, files: 0 };
      count.files++;
      counts.set(described(found), count);
    } catch (error) {
      // The problem is reported with its row when the pixels are read.
      asRowProblem(error);
    }
  const most = Math.max(...[...counts.values()].map(({ files }) => files));
  return [...counts.values()].find(({ files }) => files === most)?.shape ?? { height: 0, width: 0, channels: 0 };
}

function requireShape(found: Shape, wanted: Shape): void {
  const about = found.channels === wanted.channels ? "size" : "channels";
  if (described(found) !== described(wanted))
    throw new RowProblem(`it is ${described(found)}, not ${described(wanted)}`, about);
}

function requireRange(range: LevelWish["range"], largest: number): void {
  if (range !== undefined && range[1] > largest)
    throw new RowProblem(`its values end at ${largest}, and "range" at ${range[1]}`, "range");
}

function described({ height, width, channels }: Shape): string {
  return `${height}×${width} with ${channels} ${channels === 1 ? "channel" : "channels"}`;
}

/** Throws unless the pixels of all rows fit in memory at once. */
function requireRoom(cells: Cells, shape: Shape): number {
  const bytes = cells.length * shape.height * shape.width * shape.channels;
  if (bytes <= mostHeld) return bytes;
  throw failure(
    "6025",
    cells.file,
    `${cells.name}: ${cells.length.toLocaleString("en")} pictures of ${described(shape)} take ${Math.ceil(bytes / 2 ** 30)} GiB, and at most ${mostHeld / 2 ** 30} GiB are held`,
    pictureHints.size,
  );
}

/** The files of all rows in order; `read` throws the problem with a file. */
async function* filesOf(
  cells: Cells,
  path: (name: string) => string,
): AsyncGenerator<{ readonly row: number; readonly read: () => PngFile }> {
  for (let start = 0; start < cells.length; start += atOnce) {
    const rows = Array.from({ length: Math.min(atOnce, cells.length - start) }, (_, k) => start + k);
    const outcomes = await Promise.allSettled(rows.map((row) => readFile(cells.text(row), path)));
    for (const [k, outcome] of outcomes.entries())
      yield {
        row: start + k,
        read: () => {
          if (outcome.status === "rejected") throw outcome.reason;
          return outcome.value;
        },
      };
  }
}

async function readFile(name: string, path: (name: string) => string): Promise<PngFile> {
  if (name === "") throw new RowProblem("no file name", "file");
  const bytes = await readBytes(path(name), "the picture");
  const kind = kindOfFile(bytes);
  if (kind !== undefined && kind !== "a PNG picture") throw new RowProblem(`it is ${kind}, not PNG`, "file");
  return readPngFile(bytes);
}

function brought(picture: Picture, { crop, resize }: PngBinding): Picture {
  const cut = crop ? cropPicture(picture, crop.top, crop.left, crop.height, crop.width) : picture;
  return resize ? resizePicture(cut, resize.height, resize.width) : cut;
}
