/** Reads a whole file of a data set; gzip is recognised by its first bytes, whatever the file's name. */
import { isUtf8 } from "node:buffer";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { failure } from "../../diagnostics/diagnostic.js";
import { kindOfFile } from "./file-kinds.js";

const decompress = promisify(gunzip);

/**
 * The cap on the size of an unpacked file and of a text: five times the pixels of MNIST. Tables and large images are
 * read in parts elsewhere.
 */
const mostRead = 2 ** 28;

/** `role` names the purpose of the file, e.g. `the table` or `the images of x`. */
export async function readBytes(file: string, role: string): Promise<Buffer> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw unreadable(file, role, error);
  }
  if (!isGzip(bytes)) return bytes;
  try {
    return await decompress(bytes, { maxOutputLength: mostRead });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(file, role);
    throw damagedGzip(file, role);
  }
}

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function tooLarge(file: string, role: string): Error {
  return failure(
    "6002",
    file,
    `${role}: it has more than ${mostRead / 2 ** 20} MiB, which is the most that is read`,
    "Look whether it is the right file.",
  );
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
  if (bytes.length > mostRead && isUtf8(bytes)) throw tooLarge(file, role);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw notText(bytes, file, role);
  }
}

/** `firstLine` is the number of the line that the bytes begin with. */
export function notText(bytes: Uint8Array, file: string, role: string, firstLine = 1): Error {
  const kind = kindOfFile(bytes);
  if (kind !== undefined)
    return failure(
      "6003",
      file,
      `${role}: not a text file, but ${kind}`,
      "Export it again as CSV or JSON text in UTF-8.",
    );
  return failure(
    "6003",
    file,
    `${role}: not a text file in UTF-8${encoding(bytes, firstLine)}`,
    "Export it again as CSV or JSON text in UTF-8.",
  );
}

function encoding(bytes: Uint8Array, firstLine: number): string {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return " (it is in UTF-16)";
  const line = lineOfBroken(bytes, firstLine);
  return bytes.includes(0) || line === undefined ? "" : ` (line ${line} is not: perhaps Windows-1252 or Latin-1)`;
}

/** The number of the first line that is not UTF-8. */
function lineOfBroken(bytes: Uint8Array, firstLine: number): number | undefined {
  let line = firstLine;
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, start);
    const next = end < 0 ? bytes.length : end + 1;
    if (!isUtf8(bytes.subarray(start, next))) return line;
    start = next;
  }
  return undefined;
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
  if (code === "ERR_FS_FILE_TOO_LARGE")
    return failure("6002", file, `${role}: it has more than 2 GiB`, "Look whether it is the right file.");
  return error as Error;
}
