/**
 * PNG encoding (ISO/IEC 15948): 8 bits, grey or RGB, each with alpha or without, unfiltered rows, one compressed chunk.
 * Small images gain nothing from filters.
 */
import { crc32, deflateSync } from "node:zlib";
import type { Picture } from "./resize-picture.js";

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** PNG's colour type by the number of channels. */
const colourTypes: Readonly<Record<number, number>> = { 1: 0, 2: 4, 3: 2, 4: 6 };

/**
 * Encodes a picture. One channel is grey, two are grey and alpha, three are red, green and blue, and four add alpha.
 */
export function encodePng(picture: Picture): Uint8Array {
  const { height, width, channels, pixels } = picture;
  const colourType = colourTypes[channels];
  if (colourType === undefined || pixels.length !== height * width * channels || pixels.length === 0) {
    throw new RangeError(
      `cannot write ${pixels.length} bytes as a PNG of ${height} x ${width} with ${channels} channels`,
    );
  }
  const stride = width * channels;
  const rows = new Uint8Array(height * (stride + 1));
  for (let row = 0; row < height; row++) {
    rows.set(pixels.subarray(row * stride, (row + 1) * stride), row * (stride + 1) + 1);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  header[9] = colourType;
  return Buffer.concat([
    Buffer.from(signature),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** `data:image/png;base64,…` */
export function pngDataUri(picture: Picture): string {
  return `data:image/png;base64,${Buffer.from(encodePng(picture)).toString("base64")}`;
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}
