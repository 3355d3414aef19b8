/**
 * Step 3 of the Morpho-MNIST operators (README of the reference data): the mean thickness of the strokes of a binary
 * image, twice the mean Euclidean distance to the background over the medial-axis skeleton.
 */
import { DistanceTransform } from "./distance-transform.js";
import type { Extent } from "./extent.js";
import { MedialAxis } from "./medial-axis.js";

export class StrokeThickness {
  private readonly distances: DistanceTransform;
  private readonly medialAxis: MedialAxis;
  private readonly squaredDistance: Int32Array;
  private readonly skeleton: Int32Array;

  constructor(height: number, width: number) {
    this.distances = new DistanceTransform(height, width);
    this.medialAxis = new MedialAxis(height, width);
    this.squaredDistance = new Int32Array(height * width);
    this.skeleton = new Int32Array(height * width);
  }

  /** Mean thickness in pixels of `ink`; `extent` holds all ink with a margin of one pixel if there is room. */
  measure(ink: Uint8Array, extent: Extent): number {
    const { squaredDistance, skeleton } = this;
    this.distances.run(ink, extent, squaredDistance);
    const length = this.medialAxis.run(ink, squaredDistance, extent, skeleton);
    let sum = 0;
    for (let i = 0; i < length; i++) sum += Math.sqrt(squaredDistance[skeleton[i]!]!);
    return (2 * sum) / length;
  }
}
