/**
 * Step 6 of the Morpho-MNIST operators for the fast mode: smoothing and sampling as one matrix per axis. Along the rows
 * the image is binary, so a run of ink contributes a difference of two cumulative weights to each output column: the
 * time depends on the number of runs, not of pixels. Differs from the exact mode by rounding, and in that samples are
 * clipped to 0..1 and not to the smoothed image's own range.
 */
import type { Extent } from "./extent.js";
import { plateau, smoothingKernel } from "./gaussian.js";
import { type LinearOperator, reducingOperator } from "./linear-operator.js";

export class FastReducer {
  private readonly outputHeight: number;
  private readonly outputWidth: number;
  private readonly greatest: number;
  private readonly rows: LinearOperator;
  /** For each output column, the sum of the weights of all enlarged columns before a given one. */
  private readonly cumulative: Float64Array;
  private readonly columnTaps: number;
  /** Enlarged rows × output columns. */
  private readonly narrowed: Float64Array;

  constructor(
    height: number,
    private readonly width: number,
    private readonly factor: number,
  ) {
    this.outputHeight = height / factor;
    this.outputWidth = width / factor;
    this.greatest = plateau(smoothingKernel(factor));
    this.rows = reducingOperator(this.outputHeight, factor);
    const columns = reducingOperator(this.outputWidth, factor);
    this.columnTaps = columns.taps;
    this.cumulative = accumulate(columns, width);
    this.narrowed = new Float64Array(height * this.outputWidth);
  }

  /** Reduces ink (0 or 1, none outside `bounds`) to grey levels 0..255, not truncated. */
  reduce(ink: Uint8Array, bounds: Extent): Float64Array {
    const { outputHeight, outputWidth, narrowed } = this;
    const { taps, first, weights } = this.rows;
    this.narrow(ink, bounds);
    const result = new Float64Array(outputHeight * outputWidth);
    for (let row = 0; row < outputHeight; row++) {
      const start = Math.max(first[row]!, bounds.top);
      const end = Math.min(first[row]! + taps, bounds.bottom);
      const target = result.subarray(row * outputWidth, (row + 1) * outputWidth);
      for (let source = start; source < end; source++) {
        const weight = weights[row * taps + source - first[row]!]!;
        for (let column = 0; column < outputWidth; column++) {
          target[column]! += weight * narrowed[source * outputWidth + column]!;
        }
      }
      for (let column = 0; column < outputWidth; column++) {
        target[column] = 255 * Math.min(Math.max(target[column]!, 0), this.greatest);
      }
    }
    return result;
  }

  /** Reduces the rows within `bounds` along the columns. */
  private narrow(ink: Uint8Array, { top, bottom, left, right }: Extent): void {
    const { width, outputWidth, narrowed } = this;
    narrowed.fill(0, top * outputWidth, bottom * outputWidth);
    for (let row = top; row < bottom; row++) {
      const line = row * width;
      for (let column = left; column < right; column++) {
        if (ink[line + column] === 0) continue;
        const start = column;
        while (column < right && ink[line + column] === 1) column++;
        this.addRun(row, start, column);
      }
    }
  }

  /** Adds the run of ink start..end - 1 of an enlarged row. */
  private addRun(row: number, start: number, end: number): void {
    const { width, factor, outputWidth, columnTaps, cumulative, narrowed } = this;
    const first = Math.max(0, Math.ceil((start - columnTaps) / factor));
    const last = Math.min(outputWidth - 1, Math.floor((end + columnTaps) / factor));
    for (let column = first; column <= last; column++) {
      const table = column * (width + 1);
      narrowed[row * outputWidth + column]! += cumulative[table + end]! - cumulative[table + start]!;
    }
  }
}

function accumulate({ taps, first, weights }: LinearOperator, inputs: number): Float64Array {
  const outputs = first.length;
  const cumulative = new Float64Array(outputs * (inputs + 1));
  for (let output = 0; output < outputs; output++) {
    let sum = 0;
    for (let input = 0; input < inputs; input++) {
      const tap = input - first[output]!;
      if (tap >= 0 && tap < taps) sum += weights[output * taps + tap]!;
      cumulative[output * (inputs + 1) + input + 1] = sum;
    }
  }
  return cumulative;
}
