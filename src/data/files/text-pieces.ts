/**
 * The text of a file in pieces of UTF-8, without its byte-order mark; UTF-16 is recognised by its mark and converted.
 */
import { readPieces } from "./byte-reader.js";
import { notText } from "./read-bytes.js";

export async function* readTextPieces(file: string, role: string): AsyncGenerator<Buffer> {
  let decoder: TextDecoder | undefined;
  let isFirst = true;
  for await (const piece of readPieces(file, role)) {
    if (isFirst) decoder = decoderOf(piece);
    const bytes = decoder ? decoded(decoder, piece, true, file, role) : piece;
    yield isFirst && startsWith(bytes, 0xef, 0xbb, 0xbf) ? bytes.subarray(3) : bytes;
    isFirst = false;
  }
  const last = decoder ? decoded(decoder, Buffer.alloc(0), false, file, role) : Buffer.alloc(0);
  if (last.length > 0) yield last;
}

function decoderOf(piece: Buffer): TextDecoder | undefined {
  if (startsWith(piece, 0xff, 0xfe)) return new TextDecoder("utf-16le", { fatal: true });
  if (startsWith(piece, 0xfe, 0xff)) return new TextDecoder("utf-16be", { fatal: true });
  return undefined;
}

function decoded(decoder: TextDecoder, piece: Buffer, stream: boolean, file: string, role: string): Buffer {
  try {
    return Buffer.from(decoder.decode(piece, { stream }));
  } catch {
    throw notText(piece, file, role);
  }
}

function startsWith(bytes: Buffer, ...start: readonly number[]): boolean {
  return start.every((byte, at) => bytes[at] === byte);
}
