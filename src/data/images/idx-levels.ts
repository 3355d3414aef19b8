/**
 * Grey levels 0..255 of images whose file holds numbers other than bytes: a stated range of them is spread over the
 * levels.
 */

import { failure } from "../../diagnostics/diagnostic.js";
import type { Advice } from "../columns/dataset.js";
import type { IdxItems, IdxSource } from "./idx-source.js";

export type Range = readonly [number, number];

export interface Levels {
  readonly pixels: Uint8Array;
  /** The number of elements outside the range, which were moved to its nearer end. */
  readonly clipped: number;
}

/**
 * (v - low) / (high - low) · 255, rounded, in double precision; bytes stay as they are if no range is stated. Throws if
 * a range is missing or an element is not finite.
 */
export function levelsOf(
  { data }: IdxItems,
  { file, type }: Pick<IdxSource, "file" | "type">,
  use: string,
  range: Range | undefined,
): Levels {
  if (range === undefined && data instanceof Uint8Array) return { pixels: data, clipped: 0 };
  if (range === undefined)
    throw failure(
      "6080",
      file,
      `${use}: the IDX file holds ${type.name}, and which of them are black and white is not stated`,
      `Write "range": [LOW, HIGH] beside "idx" in the manifest${rangeText(data)}.`,
    );
  const [low, high] = range;
  let clipped = 0;
  const pixels = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at++) {
    const value = data[at]!;
    if (!Number.isFinite(value))
      throw failure(
        "6080",
        file,
        `${use}: element ${at + 1} of the images is ${value}`,
        "Write the file again with finite numbers.",
      );
    if (value < low || value > high) clipped++;
    pixels[at] = Math.round((255 * (Math.min(Math.max(value, low), high) - low)) / (high - low));
  }
  return { pixels, clipped };
}

function rangeText(data: ArrayLike<number>): string {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let at = 0; at < data.length; at++) {
    low = Math.min(low, data[at]!);
    high = Math.max(high, data[at]!);
  }
  return Number.isFinite(low) && Number.isFinite(high) ? `; the values here go from ${low} to ${high}` : "";
}

export function clippedNote(use: string, file: string, clipped: number, [low, high]: Range): Advice {
  return {
    code: "6073",
    variable: use,
    severity: "note",
    file,
    message: `${use}: ${clipped.toLocaleString("en")} ${clipped === 1 ? "value lies" : "values lie"} beyond "range": [${low}, ${high}] and ${clipped === 1 ? "is" : "are"} put on its nearer end`,
    hint: 'A wider "range" keeps them apart.',
  };
}
