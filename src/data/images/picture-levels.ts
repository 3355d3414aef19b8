/**
 * Turns the samples of a PNG file into a picture of 8 bits per channel: values are spread over 0..255, pixels are laid
 * on a background, and colours become grey or grey becomes colours. The computation is in double precision and rounded
 * once.
 */
import type { Samples } from "./png-pixels.js";
import type { Picture } from "./resize-picture.js";

export interface LevelWish {
  /**
   * The samples that become 0 and 255; by default 0 and the largest number of the file's bits. Samples outside are
   * clipped.
   */
  readonly range: readonly [number, number] | undefined;
  /** The grey behind pixels that are not opaque; if it is absent, their colours are used unchanged. */
  readonly background: number | undefined;
  /** True if the type has an alpha channel, which is then kept. */
  readonly keepsAlpha: boolean;
  /**
   * The wanted number of colours. Grey comes from red, green and blue by the weights of ITU-R BT.601, 0.299, 0.587 and
   * 0.114; grey becomes all three colours.
   */
  readonly channels: 1 | 3 | undefined;
}

export function inLevels(samples: Samples, wish: LevelWish): Picture {
  const { height, width, channels: given, largest, values } = samples;
  const [low, high] = wish.range ?? [0, largest];
  const hasAlpha = given % 2 === 0;
  const colours = given - (hasAlpha ? 1 : 0);
  const shown = wish.channels ?? colours;
  const channels = shown + (hasAlpha && wish.keepsAlpha ? 1 : 0);
  const pixels = new Uint8Array(height * width * channels);
  const one = new Float64Array(colours);
  for (let pixel = 0; pixel < height * width; pixel++) {
    const from = pixel * given;
    const to = pixel * channels;
    const alpha = hasAlpha ? values[from + colours]! / largest : 1;
    for (let k = 0; k < colours; k++) {
      const level = Math.min(255, Math.max(0, (255 * (values[from + k]! - low)) / (high - low)));
      one[k] = wish.background === undefined ? level : alpha * level + (1 - alpha) * wish.background;
    }
    for (let k = 0; k < shown; k++) pixels[to + k] = Math.round(shown < colours ? greyOf(one) : one[k % colours]!);
    if (channels > shown) pixels[to + shown] = Math.round(255 * alpha);
  }
  return { height, width, channels, pixels };
}

function greyOf(colours: ArrayLike<number>): number {
  return (299 * colours[0]! + 587 * colours[1]! + 114 * colours[2]!) / 1000;
}
