/**
 * Medial-axis skeleton of the ink (README of the reference data, step 3): ink pixels are visited once, in order of
 * their distance to the background, then of their cornerness (background pixels in their 3 × 3 neighbourhood), then of
 * a random permutation. A visited pixel is removed unless that would change the number of 8-connected parts in its
 * current neighbourhood, or it is an end point or alone.
 */
import type { Extent } from "./extent.js";
import { fillInversePermutation } from "./mersenne-twister.js";

/** Bits of a 3 × 3 neighbourhood, row by row from the top left; bit 4 is the pixel itself. */
const centreBit = 1 << 4;

/** Number of 8-connected parts among the set bits of a 3 × 3 neighbourhood. */
function countParts(pattern: number): number {
  let unseen = pattern;
  let parts = 0;
  while (unseen !== 0) {
    parts++;
    const pending = [Math.clz32(unseen) ^ 31];
    unseen &= ~(1 << pending[0]!);
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      for (let bit = 0; bit < 9; bit++) {
        const near = Math.abs((bit % 3) - (at % 3)) <= 1 && Math.abs(Math.floor(bit / 3) - Math.floor(at / 3)) <= 1;
        if (near && unseen & (1 << bit)) {
          unseen &= ~(1 << bit);
          pending.push(bit);
        }
      }
    }
  }
  return parts;
}

function countBits(pattern: number): number {
  let count = 0;
  for (let rest = pattern; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** For each neighbourhood of an ink pixel: 1 if the pixel stays. */
const stays = Uint8Array.from({ length: 512 }, (_, pattern) => {
  if (!(pattern & centreBit)) return 0;
  return countParts(pattern) !== countParts(pattern & ~centreBit) || countBits(pattern) < 3 ? 1 : 0;
});

const cornerness = Uint8Array.from({ length: 512 }, (_, pattern) => 9 - countBits(pattern));

export class MedialAxis {
  /** The ink with a border of zeros, thinned in place. */
  private readonly thinned: Uint8Array;
  private readonly pixels: Int32Array;
  /** For each ink pixel its sorting key and its position in `thinned`, side by side to be fetched together. */
  private readonly entries: Int32Array;
  private readonly byTie: Int32Array;
  private readonly order: Int32Array;
  private counts = new Int32Array(1 << 12);

  constructor(
    height: number,
    private readonly width: number,
  ) {
    const size = height * width;
    this.thinned = new Uint8Array((height + 2) * (width + 2));
    this.pixels = new Int32Array(size);
    this.entries = new Int32Array(2 * size);
    this.byTie = new Int32Array(size);
    this.order = new Int32Array(size);
  }

  /**
   * Writes the positions (row · width + column) of the skeleton pixels into `skeleton` and returns how many there are.
   * `squaredDistance` and `extent` as from the distance transform of `ink`.
   */
  run(ink: Uint8Array, squaredDistance: Int32Array, extent: Extent, skeleton: Int32Array): number {
    const count = this.collect(ink, extent);
    this.rank(squaredDistance, count);
    this.thin(count);
    return this.list(count, skeleton);
  }

  private collect(ink: Uint8Array, { top, bottom, left, right }: Extent): number {
    const { width, thinned, pixels, entries } = this;
    thinned.fill(0);
    let count = 0;
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) {
        if (ink[row * width + column] === 0) continue;
        const at = (row + 1) * (width + 2) + column + 1;
        pixels[count] = row * width + column;
        entries[2 * count + 1] = at;
        thinned[at] = 1;
        count++;
      }
    }
    return count;
  }

  /**
   * Sorts the pixels by distance, cornerness and tie-break: a counting sort of pixels that are in order of tie-break.
   */
  private rank(squaredDistance: Int32Array, count: number): void {
    const { pixels, entries, byTie, order } = this;
    let greatest = 0;
    for (let i = 0; i < count; i++) {
      const squared = squaredDistance[pixels[i]!]!;
      // Farther than a diagonal step from the background, all eight neighbours are ink.
      const key = 10 * squared + (squared > 2 ? 0 : cornerness[this.neighbourhood(entries[2 * i + 1]!)]!);
      entries[2 * i] = key;
      if (key > greatest) greatest = key;
    }
    if (this.counts.length < greatest + 2) this.counts = new Int32Array(2 * greatest + 2);
    const { counts } = this;
    counts.fill(0, 0, greatest + 2);
    for (let i = 0; i < count; i++) counts[entries[2 * i]! + 1]!++;
    for (let key = 0; key <= greatest; key++) counts[key + 1]! += counts[key]!;
    fillInversePermutation(byTie, count);
    for (let i = 0; i < count; i++) {
      const entry = 2 * byTie[i]!;
      order[counts[entries[entry]!]!++] = entries[entry + 1]!;
    }
  }

  private thin(count: number): void {
    const { thinned, order } = this;
    for (let i = 0; i < count; i++) {
      const at = order[i]!;
      thinned[at] = stays[this.neighbourhood(at)]!;
    }
  }

  private list(count: number, skeleton: Int32Array): number {
    const { thinned, pixels, entries } = this;
    let length = 0;
    for (let i = 0; i < count; i++) {
      if (thinned[entries[2 * i + 1]!] === 1) skeleton[length++] = pixels[i]!;
    }
    return length;
  }

  private neighbourhood(at: number): number {
    const { thinned } = this;
    const above = at - this.width - 2;
    const below = at + this.width + 2;
    return (
      thinned[above - 1]! |
      (thinned[above]! << 1) |
      (thinned[above + 1]! << 2) |
      (thinned[at - 1]! << 3) |
      (thinned[at]! << 4) |
      (thinned[at + 1]! << 5) |
      (thinned[below - 1]! << 6) |
      (thinned[below]! << 7) |
      (thinned[below + 1]! << 8)
    );
  }
}
