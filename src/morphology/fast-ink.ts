/**
 * Steps 1 and 2 of the Morpho-MNIST operators for the fast mode: the ink of a digit at magnification 16, without
 * computing all of the enlarged image. The image is enlarged and smoothed in one matrix product, corrected for
 * clipping, first in the middle of every 4 × 4 block; only blocks that the edge of the ink may cross are computed in
 * full. Differs from the exact mode in a few edge pixels, since the correction is interpolated.
 */
import { MorphologyError, noInk } from "./errors.js";
import { type Extent, extentOf, grow, magnify } from "./extent.js";
import { reflectRepeatingEdge } from "./gaussian.js";
import { cubicWeights, enlargingOperator, type LinearOperator } from "./linear-operator.js";
import { Overshoot } from "./overshoot.js";

const magnification = 16;
const blockSize = 4;
/**
 * Grey levels by which a pixel of a block may differ from the block's middle: smoothing limits the slope to 19 levels a
 * pixel, and the farthest pixel is 2.12 away.
 */
const greatestDifference = 41;
/** The same beside the image's maximum, where the slope begins at zero and grows by at most 2.2 levels a pixel. */
const differenceAtMaximum = 5;

/** Original pixels around the ink within which the smoothed image differs from 0 by enough to matter. */
const supportMargin = 3;
/** Neighbouring blocks, two on each side, that the correction at a pixel is interpolated from. */
const reach = 2;
const neighbours = 2 * reach + 1;

/**
 * For each pixel of a block along one axis, the weights of the blocks at -2..2: bicubic convolution between centres.
 */
const correctionWeights = Float64Array.from({ length: blockSize * neighbours }, (_, index) => {
  const pixel = Math.floor(index / neighbours);
  const position = (pixel + 0.5) / blockSize - 0.5;
  const base = Math.floor(position);
  return cubicWeights(position - base)[(index % neighbours) - reach - base + 1] ?? 0;
});

export class FastInk {
  readonly height: number;
  readonly width: number;
  /** The ink (0 or 1) found by the latest `find`. */
  readonly ink: Uint8Array;
  private readonly inkWords: Uint32Array;
  private readonly rows: LinearOperator;
  private readonly columns: LinearOperator;
  private readonly rowsOfBlocks: LinearOperator;
  private readonly columnsOfBlocks: LinearOperator;
  private readonly overshoot: Overshoot;
  private readonly levels: Float64Array;
  /** Enlarged rows × original columns. */
  private readonly stretched: Float64Array;
  private readonly blockRows: number;
  private readonly blockColumns: number;
  /** The level in the middle of each block. */
  private readonly blockLevels: Float64Array;
  /** For each block row and column, the start of the blocks that the correction is interpolated from. */
  private readonly nearRows: Int32Array;
  private readonly nearColumns: Int32Array;
  /** The levels of the block computed last, row by row. */
  private readonly block = new Float64Array(blockSize * blockSize);
  private readonly correctedRow = new Float64Array(neighbours);

  constructor(
    private readonly sourceHeight: number,
    private readonly sourceWidth: number,
  ) {
    this.height = sourceHeight * magnification;
    this.width = sourceWidth * magnification;
    this.blockRows = this.height / blockSize;
    this.blockColumns = this.width / blockSize;
    this.rows = enlargingOperator(sourceHeight, magnification, 1);
    this.columns = enlargingOperator(sourceWidth, magnification, 1);
    this.rowsOfBlocks = enlargingOperator(sourceHeight, magnification, blockSize);
    this.columnsOfBlocks = enlargingOperator(sourceWidth, magnification, blockSize);
    this.nearRows = nearBlocks(this.blockRows, this.blockColumns);
    this.nearColumns = nearBlocks(this.blockColumns, 1);
    this.overshoot = new Overshoot(sourceHeight, sourceWidth, magnification / blockSize);
    this.ink = new Uint8Array(this.height * this.width);
    this.inkWords = new Uint32Array(this.ink.buffer);
    this.levels = new Float64Array(sourceHeight * sourceWidth);
    this.stretched = new Float64Array(this.height * sourceWidth);
    this.blockLevels = new Float64Array(this.blockRows * this.blockColumns);
  }

  /** Finds the ink; returns an extent that holds it with a margin of one pixel. Throws if there is none. */
  find(image: Uint8Array): Extent {
    let minimum = 255;
    let maximum = 0;
    for (let pixel = 0; pixel < image.length; pixel++) {
      const level = image[pixel]!;
      this.levels[pixel] = level;
      if (level < minimum) minimum = level;
      if (level > maximum) maximum = level;
    }
    if (maximum === minimum) throw new MorphologyError(noInk);
    const support = grow(this.sourceExtent(image), supportMargin, this.sourceHeight, this.sourceWidth);
    const blocks = magnify(support, magnification / blockSize);
    this.overshoot.run(this.levels, minimum, maximum, blocks);
    this.stretch(this.rowsOfBlocks, blocks.top, blocks.bottom, support);
    const range = this.measureBlocks(blocks);
    this.stretch(this.rows, support.top * magnification, support.bottom * magnification, support);
    // As in the exact mode, where the Gaussian's rounding leaves a saturated stroke just below its level.
    const greatest = Math.min(Math.floor(this.refineMaximum(range.maximum, maximum - 1)), maximum - 1);
    const least = Math.max(Math.floor(range.minimum + 1e-6), minimum);
    if (greatest <= least) throw new MorphologyError(noInk);
    return this.fillInk(Math.ceil(least + 0.5 * (greatest - least)), blocks);
  }

  private sourceExtent(image: Uint8Array): Extent {
    const { sourceHeight, sourceWidth } = this;
    return extentOf(image, sourceWidth, { top: 0, bottom: sourceHeight, left: 0, right: sourceWidth });
  }

  /** Multiplies the source from the left: enlarged rows top..bottom - 1 × original columns within `support`. */
  private stretch({ taps, first, weights }: LinearOperator, top: number, bottom: number, support: Extent): void {
    const { sourceWidth, levels, stretched } = this;
    stretched.fill(0);
    for (let row = top; row < bottom; row++) {
      const source = first[row]! * sourceWidth;
      for (let column = support.left; column < support.right; column++) {
        let sum = 0;
        for (let tap = 0; tap < taps; tap++) {
          sum += weights[row * taps + tap]! * levels[source + tap * sourceWidth + column]!;
        }
        stretched[row * sourceWidth + column] = sum;
      }
    }
  }

  /** One entry of the product of the stretched rows with an operator for the columns, before the correction. */
  private unclippedLevel({ taps, first, weights }: LinearOperator, row: number, column: number): number {
    const { stretched } = this;
    const source = row * this.sourceWidth + first[column]!;
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) sum += weights[column * taps + tap]! * stretched[source + tap]!;
    return sum;
  }

  /** Computes the level of each block within `blocks`; all others are 0. */
  private measureBlocks(blocks: Extent): { minimum: number; maximum: number } {
    const { blockColumns, blockLevels, columnsOfBlocks } = this;
    const clipping = this.overshoot.result;
    const isWhole = (blocks.bottom - blocks.top) * (blocks.right - blocks.left) === blockLevels.length;
    let minimum = isWhole ? 255 : 0;
    let maximum = 0;
    blockLevels.fill(0);
    for (let row = blocks.top; row < blocks.bottom; row++) {
      for (let column = blocks.left; column < blocks.right; column++) {
        const at = row * blockColumns + column;
        const level = this.unclippedLevel(columnsOfBlocks, row, column) + clipping[at]!;
        blockLevels[at] = level;
        if (level < minimum) minimum = level;
        if (level > maximum) maximum = level;
      }
    }
    return { minimum, maximum };
  }

  /** The greatest level of all pixels, or any level of at least `enough`. */
  private refineMaximum(blockMaximum: number, enough: number): number {
    const { blockLevels, blockColumns, block } = this;
    let maximum = blockMaximum;
    for (let at = 0; at < blockLevels.length && maximum < enough; at++) {
      if (blockLevels[at]! < blockMaximum - differenceAtMaximum) continue;
      this.computeBlock(Math.floor(at / blockColumns), at % blockColumns);
      for (const level of block) if (level > maximum) maximum = level;
    }
    return maximum;
  }

  private fillInk(threshold: number, blocks: Extent): Extent {
    const { blockRows, blockColumns, blockLevels } = this;
    let [top, bottom, left, right] = [blockRows, 0, blockColumns, 0];
    this.ink.fill(0);
    for (let row = blocks.top; row < blocks.bottom; row++) {
      for (let column = blocks.left; column < blocks.right; column++) {
        const excess = blockLevels[row * blockColumns + column]! - threshold;
        if (excess < -greatestDifference) continue;
        if (excess > greatestDifference) this.fillBlock(row, column);
        else this.fillEdgeBlock(row, column, threshold);
        top = Math.min(top, row);
        bottom = row + 1;
        left = Math.min(left, column);
        right = Math.max(right, column + 1);
      }
    }
    return grow(magnify({ top, bottom, left, right }, blockSize), 1, this.height, this.width);
  }

  private fillBlock(row: number, column: number): void {
    const { blockColumns, inkWords } = this;
    for (let line = blockSize * row; line < blockSize * (row + 1); line++) {
      inkWords[line * blockColumns + column] = 0x01010101;
    }
  }

  private fillEdgeBlock(row: number, column: number, threshold: number): void {
    const { width, block, ink } = this;
    this.computeBlock(row, column);
    for (let pixel = 0; pixel < blockSize * blockSize; pixel++) {
      const at = (blockSize * row + (pixel >> 2)) * width + blockSize * column + (pixel & 3);
      ink[at] = block[pixel]! >= threshold ? 1 : 0;
    }
  }

  /** Writes the levels of a block's pixels into `block`. */
  private computeBlock(blockRow: number, blockColumn: number): void {
    const { block, correctedRow, columns } = this;
    for (let y = 0; y < blockSize; y++) {
      this.correctRow(blockRow, blockColumn, y);
      for (let x = 0; x < blockSize; x++) {
        let level = this.unclippedLevel(columns, blockSize * blockRow + y, blockSize * blockColumn + x);
        for (let near = 0; near < neighbours; near++) {
          level += correctionWeights[x * neighbours + near]! * correctedRow[near]!;
        }
        block[y * blockSize + x] = level;
      }
    }
  }

  /** The correction for clipping at row y of a block, at the middles of the five blocks around it. */
  private correctRow(blockRow: number, blockColumn: number, y: number): void {
    const { nearRows, nearColumns, correctedRow } = this;
    const clipping = this.overshoot.result;
    for (let near = 0; near < neighbours; near++) {
      const column = nearColumns[blockColumn * neighbours + near]!;
      let sum = 0;
      for (let nearRow = 0; nearRow < neighbours; nearRow++) {
        const line = nearRows[blockRow * neighbours + nearRow]!;
        sum += correctionWeights[y * neighbours + nearRow]! * clipping[line + column]!;
      }
      correctedRow[near] = sum;
    }
  }
}

/** For each block along one axis, the five blocks around it, mirrored at the border, times `stride`. */
function nearBlocks(blocks: number, stride: number): Int32Array {
  return Int32Array.from({ length: blocks * neighbours }, (_, index) => {
    const block = Math.floor(index / neighbours) + (index % neighbours) - reach;
    return reflectRepeatingEdge(block, blocks) * stride;
  });
}
