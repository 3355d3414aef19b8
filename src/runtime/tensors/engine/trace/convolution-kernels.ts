/**
 * Convolutions in tfjs-core's layout (NHWC, filters [height, width, in, out]). The filter's gradient is a matrix
 * product over gathered patches; so is a convolution whose windows lie side by side, which are patches already. The
 * gradient with respect to the input is the transposed convolution; where it makes few channels, all its phases are
 * channels of one convolution, interleaved afterwards.
 */

import * as tf from "../../core/tfjs.js";
import type { Node } from "../graph/node.js";
import { type KernelCall, type Kernels, record, reshape } from "./kernel.js";

type Pair = readonly [number, number];
type ConvInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

interface Window {
  /** Rows and columns of zeros before and after; negative ones are cut off. */
  readonly before: Pair;
  readonly after: Pair;
  /** Offsets that a window reads, per axis, in the order of the patch. */
  readonly taps: readonly [readonly number[], readonly number[]];
  readonly stride: Pair;
  readonly positions: Pair;
}

/** Without the rows and columns at the end that `after` counts below 0. */
function cutOff(x: Node, after: Pair): Node {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const sizes = [batch, height + Math.min(after[0], 0), width + Math.min(after[1], 0), channels];
  return record("Slice", [x], { starts: [0, 0, 0, 0], sizes, steps: [1, 1, 1, 1] });
}

/** Zeros around, or rows and columns cut off at the end. */
function framed(x: Node, { before, after }: Window): Node {
  return record("Pad", [cutOff(x, after)], {
    before: [0, ...before, 0],
    after: [0, ...after.map((size) => Math.max(size, 0)), 0],
    value: 0,
  });
}

/** Whether the windows lie side by side and cover the source. */
function tiles({ taps, stride, positions }: Window, [, height, width]: readonly number[]): boolean {
  const contiguous = taps.every((offsets, axis) => {
    return offsets.length === stride[axis] && offsets.every((offset, k) => offset === k);
  });
  return contiguous && positions[0] * stride[0] === height && positions[1] * stride[1] === width;
}

/** One row [taps · channels] a position: matrix [batch · positions, taps · channels]. */
function patches(x: Node, window: Window): Node {
  const source = framed(x, window);
  const [batch, height, width, channels] = source.shape as [number, number, number, number];
  const { taps, stride, positions } = window;
  const matrix = [batch * positions[0] * positions[1], taps[0].length * taps[1].length * channels];
  if (tiles(window, source.shape)) {
    const split = reshape(source, [batch, positions[0], stride[0], positions[1], stride[1] * channels]);
    return reshape(record("Transpose", [split], { permutation: [0, 1, 3, 2, 4] }), matrix);
  }
  // Neighbouring taps are read together where every window begins at a multiple of their number.
  const run = stride[1];
  const together = taps[1].length % run === 0 && width % run === 0 && taps[1].every((offset, k) => offset === k);
  const length = together ? run : 1;
  const across = taps[1].filter((_, k) => k % length === 0);
  const indices: number[] = [];
  for (let row = 0; row < positions[0]; row++) {
    for (let column = 0; column < positions[1]; column++) {
      for (const down of taps[0]) {
        for (const right of across) {
          indices.push(((row * stride[0] + down) * width + column * stride[1] + right) / length);
        }
      }
    }
  }
  const data = Int32Array.from(indices);
  const where = record("Constant", [], { data, dtype: "int32", shape: [data.length] });
  const runs = reshape(source, [batch, (height * width) / length, length * channels]);
  return reshape(record("Gather", [runs, where], { axis: 1 }), matrix);
}

function range(length: number, step = 1): number[] {
  return Array.from({ length }, (_, k) => k * step);
}

function convInfo(inputShape: readonly number[], filterShape: readonly number[], attributes: KernelCall["attributes"]) {
  if (attributes.dataFormat !== undefined && attributes.dataFormat !== "NHWC") {
    throw new Error("convolutions are traced for NHWC alone");
  }
  return tf.backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    attributes.strides as [number, number],
    (attributes.dilations as [number, number] | undefined) ?? 1,
    attributes.pad as "same",
    attributes.dimRoundingMode as "floor" | undefined,
  );
}

function inputWindow(info: ConvInfo): Window {
  const { top, left, bottom, right } = info.padInfo;
  return {
    before: [top, left],
    after: [bottom, right],
    taps: [range(info.filterHeight, info.dilationHeight), range(info.filterWidth, info.dilationWidth)],
    stride: [info.strideHeight, info.strideWidth],
    positions: [info.outHeight, info.outWidth],
  };
}

function product(a: Node, b: Node, transposeA = false): Node {
  return record("MatMul", [a, b], { transposeA, transposeB: false, scale: 1 });
}

/** Whether each padded input element is in one window, so that a convolution is a plain product of matrices. */
function isProduct(window: Window, [, height, width]: readonly number[]): boolean {
  const { before, after } = window;
  return tiles(window, [0, height! + before[0] + after[0], width! + before[1] + after[1]]);
}

function convolution({ inputs, attributes }: KernelCall): Node {
  const { x, filter } = inputs as { x: Node; filter: Node };
  const info = convInfo(x.shape, filter.shape, attributes);
  const window = inputWindow(info);
  if (isProduct(window, x.shape)) {
    const rows = patches(x, window);
    const result = product(rows, reshape(filter, [rows.shape[1]!, info.outChannels]));
    return reshape(result, [info.batchSize, info.outHeight, info.outWidth, info.outChannels]);
  }
  // With a stride, zeros that are there cost less than borders to mind, and the filter's gradient needs them as well.
  const strided = info.strideHeight > 1 || info.strideWidth > 1;
  return record("Convolution", [strided ? framed(x, window) : x, filter], {
    strides: window.stride,
    dilations: [info.dilationHeight, info.dilationWidth],
    before: strided ? [0, 0] : window.before,
    after: strided ? [0, 0] : window.after,
    slope: 1,
  });
}

function filterGradient({ inputs, attributes }: KernelCall): Node {
  const { x, dy } = inputs as { x: Node; dy: Node };
  const filterShape = attributes.filterShape as number[];
  const info = convInfo(x.shape, filterShape, attributes);
  const rows = patches(x, inputWindow(info));
  return reshape(product(rows, reshape(dy, [rows.shape[0]!, info.outChannels]), true), filterShape);
}

/** The filter as one of stride 1 that makes every phase, [taps, taps, out, phases · in]; beyond its edge it is 0. */
function phaseFilter(filter: Node, taps: Pair, stride: Pair): Node {
  const [height, width, input, output] = filter.shape as [number, number, number, number];
  const after = [taps[0] * stride[0] - height, taps[1] * stride[1] - width, 0, 0];
  const whole = record("Pad", [filter], { before: [0, 0, 0, 0], after, value: 0 });
  const split = reshape(whole, [taps[0], stride[0], taps[1], stride[1], input, output]);
  const mixed = record("Transpose", [split], { permutation: [0, 2, 5, 1, 3, 4] });
  const shape = [taps[0], taps[1], output, stride[0] * stride[1] * input];
  const backwards = { starts: [taps[0] - 1, taps[1] - 1, 0, 0], sizes: shape, steps: [-1, -1, 1, 1] };
  return record("Slice", [reshape(mixed, shape)], backwards);
}

/** Positions q of the phases that the result needs: rows s q + phase. */
function phaseCounts(info: ConvInfo): Pair {
  const { top, left } = info.padInfo;
  return [Math.ceil((info.inHeight + top) / info.strideHeight), Math.ceil((info.inWidth + left) / info.strideWidth)];
}

/** All phases as channels of one convolution (or, of one tap, product), then interleaved and cut to size. */
function phasesAsChannels(dy: Node, filter: Node, info: ConvInfo, taps: Pair): Node {
  const stride: Pair = [info.strideHeight, info.strideWidth];
  const [rows, columns] = phaseCounts(info);
  const small = phaseFilter(filter, taps, stride);
  const before: Pair = [taps[0] - 1, taps[1] - 1];
  const after: Pair = [rows - info.outHeight, columns - info.outWidth];
  const window: Window = {
    before,
    after,
    taps: [range(taps[0]), range(taps[1])],
    stride: [1, 1],
    positions: [rows, columns],
  };
  const phases =
    taps[0] * taps[1] === 1
      ? product(patches(dy, window), reshape(small, small.shape.slice(2)))
      : record("Convolution", [cutOff(dy, after), small], {
          strides: [1, 1],
          dilations: [1, 1],
          before,
          after: [Math.max(after[0], 0), Math.max(after[1], 0)],
          slope: 1,
        });
  const split = reshape(phases, [info.batchSize, rows, columns, ...stride, info.inChannels]);
  const mixed = record("Transpose", [split], { permutation: [0, 1, 3, 2, 4, 5] });
  const whole = reshape(mixed, [info.batchSize, rows * stride[0], columns * stride[1], info.inChannels]);
  return record("Slice", [whole], {
    starts: [0, info.padInfo.top, info.padInfo.left, 0],
    sizes: [info.batchSize, info.inHeight, info.inWidth, info.inChannels],
    steps: [1, 1, 1, 1],
  });
}

/** As many channels cost onnxruntime's convolution as much as one. */
const fewChannels = 16;

/** The gradient with respect to the input, which is also the transposed convolution. */
function inputGradient({ inputs, attributes }: KernelCall): Node {
  const { dy, filter } = inputs as { dy: Node; filter: Node };
  const info = convInfo(attributes.inputShape as number[], filter.shape, attributes);
  if (info.dilationHeight !== 1 || info.dilationWidth !== 1) throw new Error("dilated convolutions have no gradient");
  const strides: Pair = [info.strideHeight, info.strideWidth];
  const taps: Pair = [Math.ceil(info.filterHeight / strides[0]), Math.ceil(info.filterWidth / strides[1])];
  const phases = strides[0] * strides[1] * info.inChannels;
  if (taps[0] * taps[1] === 1 || phases <= fewChannels) return phasesAsChannels(dy, filter, info, taps);
  return record("TransposedConvolution", [dy, filter], {
    strides,
    dilations: [1, 1],
    before: [info.padInfo.top, info.padInfo.left],
    after: [info.padInfo.bottom, info.padInfo.right],
    shape: [info.batchSize, info.inHeight, info.inWidth, info.inChannels],
    slope: 1,
  });
}

export const convolutionKernels: Kernels = {
  Conv2D: convolution,
  Conv2DBackpropFilter: filterGradient,
  Conv2DBackpropInput: inputGradient,
};
