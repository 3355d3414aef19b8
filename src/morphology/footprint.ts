/**
 * The structuring element of the thickness step (README of the reference data, step 5). Morpho-MNIST draws a disc of
 * radius 16·r, blurs it and reduces it to (2r + 1)², and every entry above zero counts: the disc enlarged by the square
 * support of the blur, sampled with bilinear interpolation. The computation here uses whole numbers. At radius 19,
 * rounding noise in the original adds four pixels, on which the published images depend.
 */
import { smoothingKernel } from "./gaussian.js";

const discMagnification = 16;

/** Row k, from -radius to radius, covers the column offsets first[k]..last[k], both ends included. */
export interface Footprint {
  readonly radius: number;
  readonly first: Int32Array;
  readonly last: Int32Array;
}

const cache = new Map<number, Footprint>();

export function footprint(radius: number): Footprint {
  let known = cache.get(radius);
  if (known === undefined) {
    known = computeFootprint(radius);
    cache.set(radius, known);
  }
  return known;
}

/**
 * The distance, in fine pixels, from the samples of each coarse entry to the middle row (or column) of the fine disc:
 * that of the nearer of the two fine pixels that bilinear interpolation reads there.
 */
function nearestFineOffsets(radius: number): Int32Array {
  const coarse = 2 * radius + 1;
  const fine = 2 * discMagnification * radius + 1;
  const middle = discMagnification * radius;
  return Int32Array.from({ length: coarse }, (_, entry) => {
    const numerator = (2 * entry + 1) * fine - coarse;
    const below = Math.floor(numerator / (2 * coarse));
    const above = numerator % (2 * coarse) === 0 ? below : below + 1;
    return Math.min(Math.abs(below - middle), Math.abs(above - middle));
  });
}

function computeFootprint(radius: number): Footprint {
  const support = smoothingKernel(discMagnification).radius;
  const discRadius = discMagnification * radius;
  const offsets = nearestFineOffsets(radius);
  const first = new Int32Array(2 * radius + 1);
  const last = new Int32Array(2 * radius + 1);
  for (let row = 0; row <= 2 * radius; row++) {
    const rowOffset = Math.max(0, offsets[row]! - support);
    const reach = Math.floor(Math.sqrt(discRadius * discRadius - rowOffset * rowOffset)) + support;
    const column = offsets.findIndex((offset) => offset <= reach);
    first[row] = column - radius;
    last[row] = radius - column;
  }
  if (radius === 19) addRoundingNoise(first, last);
  return { radius, first, last };
}

/** The four pixels of radius 19 that the exact computation leaves out and the original includes. */
function addRoundingNoise(first: Int32Array, last: Int32Array): void {
  first[19 - 17] = -13;
  first[19 + 13] = -17;
  last[19 + 13] = 17;
  first[19 + 17] = -13;
}
