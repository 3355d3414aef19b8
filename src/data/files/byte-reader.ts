/**
 * Reads a file from start to end in pieces, so its size does not matter; gzip is recognised by its first bytes and
 * unpacked on the way. Errors are those of `readBytes`.
 */
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import { withRoom } from "../columns/growing.js";
import { damagedGzip, isGzip, unreadable } from "./read-bytes.js";

const pieceSize = 1 << 20;

/** The first bytes of a file; fewer if the file is shorter. */
export async function firstBytes(file: string, role: string, count: number): Promise<Uint8Array> {
  try {
    const handle = await open(file);
    try {
      const { bytesRead, buffer } = await handle.read(new Uint8Array(count), 0, count, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw unreadable(file, role, error);
  }
}

export async function* readPieces(file: string, role: string): AsyncGenerator<Buffer> {
  const packed = isGzip(await firstBytes(file, role, 2));
  const raw = createReadStream(file, { highWaterMark: pieceSize });
  if (!packed) {
    try {
      yield* raw;
    } catch (error) {
      throw unreadable(file, role, error);
    }
    return;
  }
  const unpacked = createGunzip({ chunkSize: pieceSize });
  raw.on("error", (error) => unpacked.destroy(error));
  try {
    yield* raw.pipe(unpacked);
  } catch (error) {
    throw String((error as NodeJS.ErrnoException).code).startsWith("Z_")
      ? damagedGzip(file, role)
      : unreadable(file, role, error);
  } finally {
    raw.destroy();
  }
}

/** The cap on room that is reserved before any byte is read. */
const firstRoom = 1 << 28;

/** Reads exact counts of bytes from pieces of any size. */
export class ByteReader {
  private held: Uint8Array = new Uint8Array(0);
  private readonly pieces: AsyncGenerator<Buffer>;

  constructor(file: string, role: string) {
    this.pieces = readPieces(file, role);
  }

  /** The next `count` bytes, in their own memory; fewer at the end of the file. */
  async read(count: number): Promise<Uint8Array> {
    let taken = new Uint8Array(Math.min(count, firstRoom));
    let length = 0;
    while (length < count) {
      if (this.held.length === 0) {
        const next = await this.pieces.next();
        if (next.done) break;
        this.held = next.value;
      }
      const part = this.held.subarray(0, count - length);
      taken = withRoom(taken, length + part.length);
      taken.set(part, length);
      length += part.length;
      this.held = this.held.subarray(part.length);
    }
    return taken.subarray(0, length);
  }

  async close(): Promise<void> {
    await this.pieces.return(undefined);
  }
}
