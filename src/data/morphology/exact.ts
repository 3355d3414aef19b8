/**
 * The exact thickness operator of Morpho-MNIST, at magnification 16, step by step as the package and the paper's script
 * do it (README of the reference data, steps 1 to 6). One instance serves images of one size and keeps its buffers.
 */
import { binarise, inkThreshold } from "./binarise.js";
import { Dilation } from "./dilate.js";
import { DistanceTransform } from "./distance-transform.js";
import { Enlarger } from "./enlarge.js";
import { MorphologyError, noInk } from "./errors.js";
import { type Extent, extentOf, grow } from "./extent.js";
import { footprint } from "./footprint.js";
import { MedialAxis } from "./medial-axis.js";
import { Reducer } from "./reduce.js";

const magnification = 16;

export class ExactThickness {
  private readonly enlarger: Enlarger;
  private readonly distances: DistanceTransform;
  private readonly medialAxis: MedialAxis;
  private readonly dilation: Dilation;
  private readonly reducer: Reducer;
  private readonly ink: Uint8Array;
  private readonly changedInk: Uint8Array;
  private readonly squaredDistance: Int32Array;
  private readonly skeleton: Int32Array;

  constructor(height: number, width: number) {
    this.enlarger = new Enlarger(height, width, magnification);
    const { height: enlargedHeight, width: enlargedWidth } = this.enlarger;
    const size = enlargedHeight * enlargedWidth;
    this.distances = new DistanceTransform(enlargedHeight, enlargedWidth);
    this.medialAxis = new MedialAxis(enlargedHeight, enlargedWidth);
    this.dilation = new Dilation(enlargedHeight, enlargedWidth);
    this.reducer = new Reducer(enlargedHeight, enlargedWidth, magnification);
    this.ink = new Uint8Array(size);
    this.changedInk = new Uint8Array(size);
    this.squaredDistance = new Int32Array(size);
    this.skeleton = new Int32Array(size);
  }

  /** Mean thickness in pixels of the original grid. Throws where the image has no ink. */
  measure(image: Uint8Array): number {
    return this.meanThickness(this.findInk(image));
  }

  /** The image with its strokes thickened or thinned towards `target` pixels: grey levels 0..255, not truncated. */
  setThickness(image: Uint8Array, target: number): Float64Array {
    const thickness = this.measure(image);
    const radius = Math.floor((magnification * Math.abs(target - thickness)) / 2);
    if (target >= thickness) this.dilation.dilate(this.ink, footprint(radius), this.changedInk);
    else this.dilation.erode(this.ink, footprint(radius), this.changedInk);
    return this.reducer.reduce(this.changedInk);
  }

  /** Enlarges and binarises; returns the extent of the ink with a margin of one pixel. */
  private findInk(image: Uint8Array): Extent {
    const { enlarger, ink } = this;
    const extent = enlarger.enlarge(image);
    const threshold = inkThreshold(enlarger.result);
    if (threshold === enlarger.result[0] && enlarger.result.every((level) => level === threshold)) {
      throw new MorphologyError(noInk);
    }
    binarise(enlarger.result, threshold, enlarger.width, extent, ink);
    return grow(extentOf(ink, enlarger.width, extent), 1, enlarger.height, enlarger.width);
  }

  private meanThickness(extent: Extent): number {
    const { squaredDistance, skeleton } = this;
    this.distances.run(this.ink, extent, squaredDistance);
    const length = this.medialAxis.run(this.ink, squaredDistance, extent, skeleton);
    let sum = 0;
    for (let i = 0; i < length; i++) sum += Math.sqrt(squaredDistance[skeleton[i]!]!);
    return (2 * sum) / length / magnification;
  }
}
