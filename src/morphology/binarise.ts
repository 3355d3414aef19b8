/**
 * Step 2 of the Morpho-MNIST operators: pixels at or above the middle of the image's range count as ink.
 */
import type { Extent } from "./extent.js";

/** The grey level at and above which a pixel of an 8-bit image counts as ink: minimum + half of the range. */
export function inkThreshold(image: Uint8Array): number {
  const { minimum, maximum } = greyRange(image, image.length, { top: 0, bottom: 1, left: 0, right: image.length });
  return minimum + 0.5 * (maximum - minimum);
}

/** The least and the greatest grey level within an extent. */
export function greyRange(image: Uint8Array, width: number, extent: Extent): { minimum: number; maximum: number } {
  let minimum = 255;
  let maximum = 0;
  for (let row = extent.top; row < extent.bottom; row++) {
    for (let pixel = row * width + extent.left; pixel < row * width + extent.right; pixel++) {
      const level = image[pixel]!;
      if (level < minimum) minimum = level;
      if (level > maximum) maximum = level;
    }
  }
  return { minimum, maximum };
}

/**
 * Writes 1 into `ink` where `image` reaches `threshold`, within `extent`, and 0 elsewhere; returns the number of 1s.
 */
export function binarise(image: Uint8Array, threshold: number, width: number, extent: Extent, ink: Uint8Array): number {
  ink.fill(0);
  let count = 0;
  for (let row = extent.top; row < extent.bottom; row++) {
    for (let pixel = row * width + extent.left; pixel < row * width + extent.right; pixel++) {
      if (image[pixel]! < threshold) continue;
      ink[pixel] = 1;
      count++;
    }
  }
  return count;
}
