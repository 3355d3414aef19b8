/**
 * Convolutions as matrix products over gathered patches, in tfjs-core's layout (NHWC, filters [height, width, in, out]),
 * so that no tensor is transposed and the forward pass shares its patches with the filter's gradient.
 * The gradient with respect to the input (which is also the transposed convolution) is itself one product: a stride of s
 * splits the input positions into s² phases, each of which sees every s-th tap of the filter, and all phases see the same
 * ⌈k/s⌉ × ⌈k/s⌉ patch of the output's gradient. The phases are the product's columns, interleaved afterwards.
 */
import type { Node } from "../graph/node.js";
import * as tf from "../tfjs.js";
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

/** Zeros around, or rows and columns cut off at the end. */
function framed(x: Node, { before, after }: Window): Node {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const cut = after.map((size) => Math.min(size, 0)) as [number, number];
  const kept = [batch, height + cut[0], width + cut[1], channels];
  const whole = record("Slice", [x], { starts: [0, 0, 0, 0], sizes: kept, steps: [1, 1, 1, 1] });
  return record("Pad", [whole], {
    before: [0, ...before, 0],
    after: [0, ...after.map((size) => Math.max(size, 0)), 0],
    value: 0,
  });
}

/** One row [taps · channels] a position: matrix [batch · positions, taps · channels]. */
function patches(x: Node, window: Window): Node {
  const source = framed(x, window);
  const [batch, height, width, channels] = source.shape as [number, number, number, number];
  const { taps, stride, positions } = window;
  const indices: number[] = [];
  for (let row = 0; row < positions[0]; row++) {
    for (let column = 0; column < positions[1]; column++) {
      for (const down of taps[0]) {
        for (const right of taps[1]) indices.push((row * stride[0] + down) * width + column * stride[1] + right);
      }
    }
  }
  const data = Int32Array.from(indices);
  const where = record("Constant", [], { data, dtype: "int32", shape: [data.length] });
  const gathered = record("Gather", [reshape(source, [batch, height * width, channels]), where], { axis: 1 });
  return reshape(gathered, [batch * positions[0] * positions[1], taps[0].length * taps[1].length * channels]);
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

function convolution({ inputs, attributes }: KernelCall): Node {
  const { x, filter } = inputs as { x: Node; filter: Node };
  const info = convInfo(x.shape, filter.shape, attributes);
  const rows = patches(x, inputWindow(info));
  const result = product(rows, reshape(filter, [rows.shape[1]!, info.outChannels]));
  return reshape(result, [info.batchSize, info.outHeight, info.outWidth, info.outChannels]);
}

function filterGradient({ inputs, attributes }: KernelCall): Node {
  const { x, dy } = inputs as { x: Node; dy: Node };
  const filterShape = attributes.filterShape as number[];
  const info = convInfo(x.shape, filterShape, attributes);
  const rows = patches(x, inputWindow(info));
  return reshape(product(rows, reshape(dy, [rows.shape[0]!, info.outChannels]), true), filterShape);
}

/** The filter as a matrix [taps of a phase · out, phases · in]; taps beyond the filter's edge are 0. */
function phaseFilter(filter: Node, taps: Pair, stride: Pair): Node {
  const [height, width, input, output] = filter.shape as [number, number, number, number];
  const after = [taps[0] * stride[0] - height, taps[1] * stride[1] - width, 0, 0];
  const whole = record("Pad", [filter], { before: [0, 0, 0, 0], after, value: 0 });
  const split = reshape(whole, [taps[0], stride[0], taps[1], stride[1], input, output]);
  const mixed = record("Transpose", [split], { permutation: [0, 2, 5, 1, 3, 4] });
  return reshape(mixed, [taps[0] * taps[1] * output, stride[0] * stride[1] * input]);
}

function inputGradient({ inputs, attributes }: KernelCall): Node {
  const { dy, filter } = inputs as { dy: Node; filter: Node };
  const info = convInfo(attributes.inputShape as number[], filter.shape, attributes);
  if (info.dilationHeight !== 1 || info.dilationWidth !== 1) throw new Error("dilated convolutions have no gradient");
  const stride: Pair = [info.strideHeight, info.strideWidth];
  const taps: Pair = [Math.ceil(info.filterHeight / stride[0]), Math.ceil(info.filterWidth / stride[1])];
  const { top, left } = info.padInfo;
  const rows = Math.ceil((info.inHeight + top) / stride[0]);
  const columns = Math.ceil((info.inWidth + left) / stride[1]);
  const gathered = patches(dy, {
    before: [taps[0] - 1, taps[1] - 1],
    after: [rows - info.outHeight, columns - info.outWidth],
    taps: [range(taps[0]).reverse(), range(taps[1]).reverse()],
    stride: [1, 1],
    positions: [rows, columns],
  });
  const phases = product(gathered, phaseFilter(filter, taps, stride));
  const split = reshape(phases, [info.batchSize, rows, columns, ...stride, info.inChannels]);
  const mixed = record("Transpose", [split], { permutation: [0, 1, 3, 2, 4, 5] });
  const whole = reshape(mixed, [info.batchSize, rows * stride[0], columns * stride[1], info.inChannels]);
  return record("Slice", [whole], {
    starts: [0, top, left, 0],
    sizes: [info.batchSize, info.inHeight, info.inWidth, info.inChannels],
    steps: [1, 1, 1, 1],
  });
}

export const convolutionKernels: Kernels = {
  Conv2D: convolution,
  Conv2DBackpropFilter: filterGradient,
  Conv2DBackpropInput: inputGradient,
};
