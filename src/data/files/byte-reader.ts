/**
 * Reads a file from its start to its end in pieces, so that its size does not matter; gzip is recognised by its first
 * bytes and unpacked on the way. Errors are those of `readBytes`.
 */
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import { damagedGzip, isGzip, unreadable } from "./read-bytes.js";

const pieceSize = 1 << 20;

/** The first bytes of a file, fewer where it is shorter. */
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

/** Exact counts of bytes out of pieces of any size. */
export class ByteReader {
  private held: Buffer[] = [];
  private length = 0;
  private readonly pieces: AsyncGenerator<Buffer>;

  constructor(file: string, role: string) {
    this.pieces = readPieces(file, role);
  }

  /** The next `count` bytes; fewer at the end of the file. */
  async read(count: number): Promise<Uint8Array> {
    while (this.length < count) {
      const next = await this.pieces.next();
      if (next.done) break;
      this.held.push(next.value);
      this.length += next.value.length;
    }
    const all = this.held.length === 1 ? this.held[0]! : Buffer.concat(this.held);
    const taken = all.subarray(0, count);
    this.held = [all.subarray(taken.length)];
    this.length = all.length - taken.length;
    // Its own memory: a view would keep whole pieces alive.
    return Uint8Array.from(taken);
  }

  async close(): Promise<void> {
    await this.pieces.return(undefined);
  }
}
