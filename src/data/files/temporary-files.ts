/**
 * Files that are written under a temporary name beside their place and renamed when they are whole. Unfinished files
 * are removed by `abort` or, if the process is told to stop, by `removeTemporaries`.
 */
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { createGzip, type Gzip, gzipSync } from "node:zlib";

const unfinished = new Set<string>();

/** A path beside `target` that is removed if the process is stopped, unless it was forgotten. */
export function temporaryBeside(target: string, suffix: string): string {
  const path = join(dirname(resolve(target)), `.${basename(target)}.${randomUUID()}.${suffix}`);
  unfinished.add(path);
  return path;
}

/** Called once the path has been renamed or removed. */
export function forget(path: string): void {
  unfinished.delete(path);
}

/** Removes everything unfinished; synchronous, because it runs at the end of a process. */
export function removeTemporaries(): void {
  for (const path of unfinished) rmSync(path, { recursive: true, force: true });
  unfinished.clear();
}

/** A destination of bytes: a file that is not yet in its place, or a stream. */
export interface ByteSink {
  write(bytes: Uint8Array | string): Promise<void>;
  /** The last call: the output is now whole. */
  finish(): Promise<void>;
  /** Called instead of `finish`; leaves nothing behind. */
  abort(): Promise<void>;
}

/** True if a file's name asks for gzip. */
export function isGzipName(file: string): boolean {
  return file.toLowerCase().endsWith(".gz");
}

/** Opens a file that appears, or replaces `target`, only when it is whole. It is gzipped if the name ends with .gz. */
export async function openWhole(target: string): Promise<ByteSink> {
  await mkdir(dirname(resolve(target)), { recursive: true });
  const path = temporaryBeside(target, "part");
  const sink = await openFile(path, isGzipName(target));
  return {
    write: (bytes) => sink.write(bytes),
    ...ending(sink, path, target),
  };
}

/** The end of a temporary file: moved to its place when whole, or removed. */
export function ending(
  sink: Pick<ByteSink, "finish" | "abort">,
  path: string,
  target: string,
): Pick<ByteSink, "finish" | "abort"> {
  return {
    async finish() {
      await sink.finish();
      await rename(path, target);
      forget(path);
    },
    async abort() {
      await sink.abort();
      await rm(path, { force: true });
      forget(path);
    },
  };
}

export interface FileSink extends ByteSink {
  /** Overwrites the first bytes, which were written first and separately and have the same length. */
  patch(bytes: Uint8Array): Promise<void>;
}

/**
 * Opens a new file. In a gzipped file the first bytes are a gzip member of their own, stored uncompressed, so other
 * bytes of the same length can replace them.
 */
export async function openFile(path: string, packed: boolean, first?: Uint8Array): Promise<FileSink> {
  const handle = await open(path, "wx");
  const member = (bytes: Uint8Array): Uint8Array => (packed ? gzipSync(bytes, { level: 0 }) : bytes);
  if (first) await writeAll(handle, member(first));
  const gzip = packed ? packedInto(handle) : undefined;
  const close = async () => {
    if (gzip) await gzip.finish();
  };
  let patched: Uint8Array | undefined;
  return {
    async write(bytes) {
      const data = typeof bytes === "string" ? Buffer.from(bytes, "utf8") : bytes;
      if (gzip) await gzip.write(data);
      else await writeAll(handle, data);
    },
    async patch(bytes) {
      patched = member(bytes);
    },
    async finish() {
      await close();
      if (patched) await handle.write(patched, 0, patched.length, 0);
      await handle.close();
    },
    async abort() {
      gzip?.abort();
      await handle.close().catch(() => {});
    },
  };
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at)).bytesWritten;
}

/** A gzip stream whose output is written to the file in order. */
function packedInto(handle: FileHandle) {
  const gzip: Gzip = createGzip();
  const written = (async () => {
    for await (const bytes of gzip) await writeAll(handle, bytes as Buffer);
  })();
  // The next write, or finish, reports the error.
  written.catch(() => {});
  return {
    async write(bytes: Uint8Array): Promise<void> {
      if (gzip.write(bytes)) return;
      await Promise.race([new Promise<void>((resolve) => gzip.once("drain", resolve)), written]);
    },
    async finish(): Promise<void> {
      gzip.end();
      await written;
    },
    abort(): void {
      gzip.destroy();
    },
  };
}
