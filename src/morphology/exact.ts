/**
 * The exact thickness operator of Morpho-MNIST, at magnification 16, step by step as the package and the paper's script
 * do it (README of the reference data, steps 1 to 6). One instance serves images of one size and keeps its buffers.
 */
import { binarise, greyRange } from "./binarise.js";
import { Dilation } from "./dilate.js";
import { Enlarger } from "./enlarge.js";
import { MorphologyError, noInk } from "./errors.js";
import { type Extent, extentOf, grow } from "./extent.js";
import { footprint } from "./footprint.js";
import { Reducer } from "./reduce.js";
import { StrokeThickness } from "./stroke-thickness.js";

const magnification = 16;

export class ExactThickness {
  private readonly enlarger: Enlarger;
  private readonly strokes: StrokeThickness;
  private readonly dilation: Dilation;
  private readonly reducer: Reducer;
  private readonly ink: Uint8Array;
  private readonly changedInk: Uint8Array;

  constructor(height: number, width: number) {
    this.enlarger = new Enlarger(height, width, magnification);
    const { height: enlargedHeight, width: enlargedWidth } = this.enlarger;
    this.strokes = new StrokeThickness(enlargedHeight, enlargedWidth);
    this.dilation = new Dilation(enlargedHeight, enlargedWidth);
    this.reducer = new Reducer(enlargedHeight, enlargedWidth, magnification);
    this.ink = new Uint8Array(enlargedHeight * enlargedWidth);
    this.changedInk = new Uint8Array(enlargedHeight * enlargedWidth);
  }

  /** Mean thickness in pixels of the original grid. Throws if the image has no ink. */
  measure(image: Uint8Array): number {
    return this.strokes.measure(this.ink, this.findInk(image)) / magnification;
  }

  /** The image with its strokes thickened or thinned towards `target` pixels: grey levels 0..255, not truncated. */
  setThickness(image: Uint8Array, target: number): Float64Array {
    const extent = this.findInk(image);
    const thickness = this.strokes.measure(this.ink, extent) / magnification;
    const element = footprint(Math.floor((magnification * Math.abs(target - thickness)) / 2));
    const changed =
      target >= thickness
        ? this.dilation.dilate(this.ink, extent, element, this.changedInk)
        : this.dilation.erode(this.ink, extent, element, this.changedInk);
    return this.reducer.reduce(this.changedInk, changed);
  }

  /** Enlarges and binarises; returns the extent of the ink with a margin of one pixel. */
  private findInk(image: Uint8Array): Extent {
    const { enlarger, ink } = this;
    const { height, width, result } = enlarger;
    const extent = enlarger.enlarge(image);
    const isWhole = (extent.bottom - extent.top) * (extent.right - extent.left) === result.length;
    const range = greyRange(result, width, extent);
    const minimum = isWhole ? range.minimum : 0;
    if (range.maximum <= minimum) throw new MorphologyError(noInk);
    binarise(result, minimum + 0.5 * (range.maximum - minimum), width, extent, ink);
    return grow(extentOf(ink, width, extent), 1, height, width);
  }
}
