/** Rows of images for a grid, such as `original`, `counterfactual`, `difference`: a label and a stack of pictures. */
import type { Picture } from "../../data/images/resize-picture.js";

/** A stack of images, shape [n, height, width, channels], 0..255; an image column of a data set is one. */
export interface ImageStack {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly pixels: Uint8Array;
}

export interface ImageRow {
  readonly label: string;
  /** A second, smaller line under the label. */
  readonly note?: string;
  readonly images: ImageStack;
  /** One short text under each image, such as `t = 2.4`. */
  readonly captions?: readonly string[];
}

export function stackLength(stack: ImageStack): number {
  return stack.pixels.length / (stack.height * stack.width * stack.channels);
}

export function pictureAt(stack: ImageStack, index: number): Picture {
  const { height, width, channels, pixels } = stack;
  const size = height * width * channels;
  return { height, width, channels, pixels: pixels.subarray(index * size, (index + 1) * size) };
}

/** The chosen images of a stack, in the given order. */
export function chooseImages(stack: ImageStack, indices: readonly number[]): ImageStack {
  const size = stack.height * stack.width * stack.channels;
  const pixels = new Uint8Array(indices.length * size);
  indices.forEach((index, at) => {
    pixels.set(stack.pixels.subarray(index * size, (index + 1) * size), at * size);
  });
  return { ...stack, pixels };
}

// Pixels brighter than the reference are orange, darker ones blue, equal ones black.
const brighter = [255, 154, 60] as const;
const darker = [64, 156, 255] as const;

/**
 * The difference of greyscale images from a reference, as colours: brighter is orange, darker is blue, equal is black.
 */
export function differenceImages(images: ImageStack, reference: ImageStack): ImageStack {
  if (images.channels !== 1 || images.pixels.length !== reference.pixels.length) {
    throw new RangeError("differences need two greyscale stacks of one shape");
  }
  const pixels = new Uint8Array(3 * images.pixels.length);
  images.pixels.forEach((value, at) => {
    const difference = value - reference.pixels[at]!;
    const colour = difference > 0 ? brighter : darker;
    colour.forEach((channel, c) => {
      pixels[3 * at + c] = Math.round((channel * Math.abs(difference)) / 255);
    });
  });
  return { ...images, channels: 3, pixels };
}
