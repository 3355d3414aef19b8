/**
 * The part of an image that an operation needs to look at. A digit fills a third of its enlarged image, so keeping to
 * the rows and columns that hold ink is most of the speed of the operators. The original does not have this step.
 */

/** Half-open ranges of rows and columns; all pixels outside are zero. */
export interface Extent {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** The smallest extent that holds every non-zero pixel within `bounds`; empty (0, 0, 0, 0) if there are none. */
export function extentOf(image: Uint8Array | Float64Array, width: number, bounds: Extent): Extent {
  let top = bounds.bottom;
  let bottom = bounds.top;
  let left = bounds.right;
  let right = bounds.left;
  for (let row = bounds.top; row < bounds.bottom; row++) {
    const line = row * width;
    let first = bounds.left;
    while (first < bounds.right && image[line + first] === 0) first++;
    if (first === bounds.right) continue;
    let last = bounds.right - 1;
    while (image[line + last] === 0) last--;
    if (row < top) top = row;
    bottom = row + 1;
    if (first < left) left = first;
    if (last + 1 > right) right = last + 1;
  }
  return top < bottom ? { top, bottom, left, right } : { top: 0, bottom: 0, left: 0, right: 0 };
}

/** An extent grown by `margin` pixels on each side, within the image. */
export function grow(extent: Extent, margin: number, height: number, width: number): Extent {
  if (extent.top === extent.bottom) return extent;
  return {
    top: Math.max(0, extent.top - margin),
    bottom: Math.min(height, extent.bottom + margin),
    left: Math.max(0, extent.left - margin),
    right: Math.min(width, extent.right + margin),
  };
}

/** An extent in the coordinates of the image enlarged by `factor`. */
export function magnify(extent: Extent, factor: number): Extent {
  return {
    top: extent.top * factor,
    bottom: extent.bottom * factor,
    left: extent.left * factor,
    right: extent.right * factor,
  };
}
