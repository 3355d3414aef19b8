/**
 * Step 7 of the Morpho-MNIST operators: the intensity of a digit is the median grey level of its ink, the pixels at or
 * above the middle of its range; setting it multiplies all grey levels, clips them to 0..255 and truncates to 8 bits.
 *
 * A blank image (every pixel 0), which thinning may leave behind, stays blank whatever the target: its median is 0, and
 * the original's 0 · (target / 0) also ends as 0.
 */
import { inkThreshold } from "./binarise.js";
import { requireAboveZero } from "./errors.js";

/** Median grey level, 0..255, of the pixels at or above the middle of the image's range. */
export function measureIntensity(image: Uint8Array): number {
  const threshold = inkThreshold(image);
  const ink = image.filter((level) => level >= threshold).sort();
  const half = ink.length >> 1;
  return ink.length % 2 === 1 ? ink[half]! : (ink[half - 1]! + ink[half]!) / 2;
}

/** The image with its grey levels scaled so that its intensity is `target` (grey levels, above 0). */
export function setIntensity(image: Uint8Array, target: number): Uint8Array {
  requireAboveZero("intensity", "grey levels", target);
  const median = measureIntensity(image);
  const result = new Uint8Array(image.length);
  if (median === 0) return result;
  const factor = target / median;
  for (let pixel = 0; pixel < image.length; pixel++) {
    result[pixel] = Math.min(image[pixel]! * factor, 255);
  }
  return result;
}
