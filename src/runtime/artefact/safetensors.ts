/**
 * The safetensors format: eight bytes of header length, a JSON header, then the tensors' bytes, little-endian. Only
 * F32, which is all that weights are. Reading checks every length and offset, so a truncated or foreign file is an
 * error, not garbage.
 */
import { failure } from "../../diagnostics/diagnostic.js";
import type { HostTensor, HostTensors } from "../tensors/core/engine.js";

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

const largestHeader = 100_000_000;

/** `metadata` is the format's own place for texts beside the tensors. */
export function encodeSafetensors(tensors: HostTensors, metadata?: Readonly<Record<string, string>>): Uint8Array {
  const header: Record<string, Entry> = {};
  const names = Object.keys(tensors).sort();
  let offset = 0;
  for (const name of names) {
    const { shape, data } = tensors[name]!;
    header[name] = { dtype: "F32", shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  // Padded with spaces so that the tensors start at a multiple of eight bytes, as the format advises.
  const json = new TextEncoder().encode(JSON.stringify(metadata ? { __metadata__: metadata, ...header } : header));
  const text = new Uint8Array(Math.ceil(json.length / 8) * 8).fill(0x20);
  text.set(json);
  const bytes = new Uint8Array(8 + text.length + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  for (const name of names) {
    const { data } = tensors[name]!;
    bytes.set(
      new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      8 + text.length + header[name]!.data_offsets[0],
    );
  }
  return bytes;
}

export function decodeSafetensors(bytes: Uint8Array, file: string): HostTensors {
  return decodeWithMetadata(bytes, file).tensors;
}

export interface Decoded {
  readonly tensors: HostTensors;
  readonly metadata: Readonly<Record<string, string>>;
}

export function decodeWithMetadata(bytes: Uint8Array, file: string): Decoded {
  const bad = (what: string) =>
    failure(
      "7040",
      file,
      `not a whole safetensors file: ${what}`,
      "Fit the model again, or restore the file from a copy.",
    );
  if (bytes.length < 8) throw bad(`${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > largestHeader || 8 + length > bytes.length) throw bad("its header is cut off");
  let header: Record<string, Entry>;
  let metadata: Record<string, string> = {};
  try {
    const parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, 8 + length)));
    ({ __metadata__: metadata = {}, ...header } = parsed);
  } catch {
    throw bad("its header is not JSON");
  }
  const body = bytes.subarray(8 + length);
  const tensors: Record<string, HostTensor> = {};
  for (const [name, entry] of Object.entries(header)) {
    const [start, end] = entry?.data_offsets ?? [0, -1];
    const count = (entry?.shape ?? []).reduce((product, size) => product * size, 1);
    if (entry?.dtype !== "F32") throw bad(`tensor ${name} is of type ${entry?.dtype}, expected F32`);
    if (end - start !== 4 * count || start < 0) throw bad(`tensor ${name} has a wrong length`);
    if (end > body.length) throw bad(`tensor ${name} is cut off`);
    // A copy of its own: the offset in the file need not be a multiple of four, and a Node buffer's slice is only a
    // view.
    const data = new Float32Array(Uint8Array.from(body.subarray(start, end)).buffer);
    tensors[name] = { shape: entry.shape, dtype: "float32", data };
  }
  return { tensors, metadata };
}
