/**
 * The thickness of a digit and the operator that sets it, in two modes. `exact` follows the Morpho-MNIST package step
 * by step and agrees with the paper's published images; `fast` computes the same quantities by cheaper means, to within
 * the tolerances stated in its file. Thickness is in pixels of the image's own grid: twice the mean distance of the
 * skeleton to the background.
 *
 * Thinning by more than a stroke's half width removes it: the result may be blank (every pixel 0), as in the original.
 * The result's thickness is not `target` exactly: the radius is cut to whole enlarged pixels and the structuring
 * element is somewhat larger than its radius.
 */
import { requireAboveZero } from "./errors.js";
import { ExactThickness } from "./exact.js";
import { FastThickness } from "./fast.js";

export type MorphologyMode = "exact" | "fast";

interface ThicknessOperator {
  measure(image: Uint8Array): number;
  setThickness(image: Uint8Array, target: number): Float64Array;
}

/** Operators with their buffers, kept for each image size: a batch has one size, and a process has few. */
const operators = new Map<string, ThicknessOperator>();

function operatorFor(height: number, width: number, mode: MorphologyMode): ThicknessOperator {
  const key = `${mode} ${height} ${width}`;
  let operator = operators.get(key);
  if (operator === undefined) {
    operator = mode === "exact" ? new ExactThickness(height, width) : new FastThickness(height, width);
    operators.set(key, operator);
  }
  return operator;
}

function requireSize(image: Uint8Array, height: number, width: number): void {
  if (image.length === height * width) return;
  throw new RangeError(`an image of ${image.length} pixels is not ${height} × ${width}`);
}

/** Mean thickness in pixels. `image` is height × width, row by row. Throws MorphologyError if there is no ink. */
export function measureThickness(image: Uint8Array, height: number, width: number, mode: MorphologyMode): number {
  requireSize(image, height, width);
  return operatorFor(height, width, mode).measure(image);
}

/** The same as `setThickness`, before truncation: grey levels 0..255. */
export function setThicknessUntruncated(
  image: Uint8Array,
  height: number,
  width: number,
  target: number,
  mode: MorphologyMode,
): Float64Array {
  requireSize(image, height, width);
  requireAboveZero("thickness", "pixels", target);
  return operatorFor(height, width, mode).setThickness(image, target);
}

/**
 * The image with strokes thickened or thinned towards `target` pixels (above 0), 8-bit. Throws as `measureThickness`.
 */
export function setThickness(
  image: Uint8Array,
  height: number,
  width: number,
  target: number,
  mode: MorphologyMode,
): Uint8Array {
  return new Uint8Array(setThicknessUntruncated(image, height, width, target, mode));
}
