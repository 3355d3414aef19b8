/** Reads a file of a data set whole; gzip is recognised by its first bytes, whatever the file is called. */
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { failure } from "../diagnostics/diagnostic.js";

const decompress = promisify(gunzip);

/** `role` says what the file was wanted for, e.g. `the table` or `the images of x`. */
export async function readBytes(file: string, role: string): Promise<Buffer> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw unreadable(file, role, error);
  }
  if (!isGzip(bytes)) return bytes;
  try {
    return await decompress(bytes);
  } catch {
    throw damagedGzip(file, role);
  }
}

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

export function damagedGzip(file: string, role: string): Error {
  return failure(
    "6002",
    file,
    `${role}: the gzip file is cut short or damaged`,
    "Test it with `gzip -t`; copy or download it again.",
  );
}

/** Text must be UTF-8; a byte-order mark is dropped. */
export function decodeText(bytes: Uint8Array, file: string, role: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw notText(bytes, file, role);
  }
}

export function notText(bytes: Uint8Array, file: string, role: string): Error {
  return failure(
    "6003",
    file,
    `${role}: not a text file in UTF-8${knownFormat(bytes)}`,
    "Export it again as CSV or JSON text in UTF-8.",
  );
}

export function unreadable(file: string, role: string, error: unknown): Error {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT" || code === "ENOTDIR") {
    return failure(
      "6001",
      file,
      `${role}: no such file`,
      role === "the manifest" ? "Check its path." : "Paths in a manifest are relative to the manifest's directory.",
    );
  }
  if (code === "EISDIR") return failure("6001", file, `${role}: a directory, not a file`, "Name a file inside it.");
  if (code === "EACCES" || code === "EPERM") {
    return failure("6001", file, `${role}: no permission to read it`, "Change its permissions, or copy it.");
  }
  return error as Error;
}

function knownFormat(bytes: Uint8Array): string {
  const start = String.fromCharCode(...bytes.subarray(0, 4));
  if (start.startsWith("PK")) return " (a zip archive or a spreadsheet)";
  if (start === "PAR1") return " (a Parquet file)";
  if (start.startsWith("\xff\xfe") || start.startsWith("\xfe\xff")) return " (it is in UTF-16)";
  return "";
}
