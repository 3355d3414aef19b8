/**
 * Crops and resizes pictures of 8 bits. Resizing weighs the input linearly by distance (a triangle). If the picture
 * shrinks, the triangle is widened by the factor, so every input pixel counts; Pillow calls this BILINEAR. Pixel
 * centres are at + 0.5.
 */

/** Pixels row by row, `channels` bytes each. */
export interface Picture {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly pixels: Uint8Array;
}

/** `top` and `left` count from 0. The rectangle must lie inside. */
export function cropPicture(
  { width, channels, pixels }: Picture,
  top: number,
  left: number,
  height: number,
  columns: number,
): Picture {
  const cut = new Uint8Array(height * columns * channels);
  for (let row = 0; row < height; row++) {
    const start = ((top + row) * width + left) * channels;
    cut.set(pixels.subarray(start, start + columns * channels), row * columns * channels);
  }
  return { height, width: columns, channels, pixels: cut };
}

export function resizePicture(picture: Picture, height: number, width: number): Picture {
  const { channels } = picture;
  if (picture.height === height && picture.width === width) return picture;
  const rows = resizeAxis(picture.pixels, 1, picture.height, picture.width * channels, height);
  const all = resizeAxis(rows, height, picture.width, channels, width);
  return { height, width, channels, pixels: Uint8Array.from(all, (value) => Math.round(value)) };
}

/** `[outer, length, inner]` to `[outer, wanted, inner]`. */
function resizeAxis(
  values: ArrayLike<number>,
  outer: number,
  length: number,
  inner: number,
  wanted: number,
): Float64Array {
  const resized = new Float64Array(outer * wanted * inner);
  const factor = length / wanted;
  const reach = Math.max(1, factor);
  for (let at = 0; at < wanted; at++) {
    const centre = (at + 0.5) * factor;
    const first = Math.max(0, Math.floor(centre - reach));
    const last = Math.min(length - 1, Math.ceil(centre + reach));
    let total = 0;
    for (let from = first; from <= last; from++) total += weightAt(from, centre, reach);
    for (let from = first; from <= last; from++) {
      const weight = weightAt(from, centre, reach) / total;
      if (weight === 0) continue;
      for (let block = 0; block < outer; block++)
        for (let k = 0; k < inner; k++) {
          const target = (block * wanted + at) * inner + k;
          resized[target] = resized[target]! + weight * values[(block * length + from) * inner + k]!;
        }
    }
  }
  return resized;
}

function weightAt(pixel: number, centre: number, reach: number): number {
  return Math.max(0, 1 - Math.abs(pixel + 0.5 - centre) / reach);
}
