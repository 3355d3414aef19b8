/**
 * Kernels of tfjs-core that make images smaller or larger: average pooling, and repeating the nearest pixel. Windows
 * that lie side by side are axes of their own; others are a convolution of each channel by itself with ones.
 */

import * as tf from "../../core/tfjs.js";
import { type Node, sizeOf } from "../graph/node.js";
import { convolutionKernels } from "./convolution-kernels.js";
import { type KernelCall, type Kernels, record, reshape } from "./kernel.js";

type PoolInfo = ReturnType<typeof tf.backend_util.computePool2DInfo>;
type Image = [number, number, number, number];

function poolInfo(shape: readonly number[], attributes: KernelCall["attributes"]): PoolInfo {
  return tf.backend_util.computePool2DInfo(
    shape as Image,
    attributes.filterSize as [number, number],
    attributes.strides as [number, number],
    1,
    attributes.pad as "same",
    attributes.dimRoundingMode as "floor" | undefined,
  );
}

/** An image as its windows, [n, rows, height, columns, width, channels], where they lie side by side and cover it. */
function windows(info: PoolInfo): number[] | undefined {
  const { batchSize, inChannels, outHeight, outWidth, filterHeight, filterWidth, strideHeight, strideWidth } = info;
  if (filterHeight !== strideHeight || filterWidth !== strideWidth) return undefined;
  if (outHeight * filterHeight !== info.inHeight || outWidth * filterWidth !== info.inWidth) return undefined;
  return [batchSize, outHeight, filterHeight, outWidth, filterWidth, inChannels];
}

/** One over the number of pixels in each window, [rows, columns, 1]; zeros around the image do not count. */
function shares(info: PoolInfo): Node {
  const inside = (position: number, stride: number, before: number, taps: number, length: number) =>
    Math.min(position * stride - before + taps, length) - Math.max(position * stride - before, 0);
  const data = new Float32Array(info.outHeight * info.outWidth);
  for (let k = 0; k < data.length; k++) {
    const [row, column] = [Math.floor(k / info.outWidth), k % info.outWidth];
    const high = inside(row, info.strideHeight, info.padInfo.top, info.filterHeight, info.inHeight);
    const wide = inside(column, info.strideWidth, info.padInfo.left, info.filterWidth, info.inWidth);
    data[k] = 1 / (high * wide);
  }
  return record("Constant", [], { data, dtype: "float32", shape: [info.outHeight, info.outWidth, 1] });
}

/** Does with each channel of x [n, h, w, c] by itself what `compute` does with images of one channel. */
function byChannel(x: Node, compute: (single: Node) => Node): Node {
  const [batch, height, width, channels] = x.shape as Image;
  const first = record("Transpose", [x], { permutation: [0, 3, 1, 2] });
  const result = compute(reshape(first, [batch * channels, height, width, 1]));
  const [, high, wide] = result.shape as Image;
  return record("Transpose", [reshape(result, [batch, channels, high, wide])], { permutation: [0, 2, 3, 1] });
}

function ones(info: PoolInfo): Node {
  const shape = [info.filterHeight, info.filterWidth, 1, 1];
  return record("Constant", [], { data: new Float32Array(sizeOf(shape)).fill(1), dtype: "float32", shape });
}

function averagePool({ inputs, attributes }: KernelCall): Node {
  const x = inputs.x!;
  const info = poolInfo(x.shape, attributes);
  const split = windows(info);
  if (split !== undefined) return record("ReduceMean", [reshape(x, split)], { axes: [2, 4], keepDimensions: false });
  const { strides, pad, dimRoundingMode } = attributes;
  const convolution = convolutionKernels.Conv2D!;
  const sums = byChannel(x, (single) => {
    const call = { inputs: { x: single, filter: ones(info) }, attributes: { strides, pad, dimRoundingMode } };
    return convolution(call) as Node;
  });
  return record("Mul", [sums, shares(info)], {});
}

/** Each pixel of x [n, h, w, c] as a block of equal ones. */
function repeated(x: Node, [high, wide]: readonly [number, number]): Node {
  const [batch, height, width, channels] = x.shape as Image;
  const apart = reshape(x, [batch, height, 1, width, 1, channels]);
  const blocks = record("Expand", [apart], { shape: [batch, height, high, width, wide, channels] });
  return reshape(blocks, [batch, height * high, width * wide, channels]);
}

/** How many times each pixel is repeated. */
function growth(from: readonly number[], to: readonly number[], attributes: KernelCall["attributes"]) {
  const factors = [to[0]! / from[0]!, to[1]! / from[1]!] as const;
  if (attributes.alignCorners === true || !factors.every(Number.isInteger)) {
    throw new Error(`images are enlarged by whole factors, corners not aligned, not from ${from} to ${to}`);
  }
  return factors;
}

function resize({ inputs, attributes }: KernelCall): Node {
  const x = inputs.images!;
  return repeated(x, growth(x.shape.slice(1, 3), attributes.size as number[], attributes));
}

export const imageKernels: Kernels = {
  AvgPool: averagePool,
  ResizeNearestNeighbor: resize,
};
