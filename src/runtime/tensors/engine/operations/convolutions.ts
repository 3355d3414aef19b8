/**
 * Convolutions. Where the program may, they are onnxruntime's own (`blocked-convolution.ts`), whose filters may change
 * from run to run at no loss; otherwise ONNX's Conv and ConvTranspose, which want channels first. A transposed
 * convolution of stride s is s² plain ones of stride 1, one for each phase of the result's positions, with every s-th
 * tap of the filter each: no zeros are inserted and none are multiplied.
 */
import type { NodeOf, Shape, Window } from "../graph/node.js";
import { blockedConvolution, blockedTranspose } from "./blocked-convolution.js";
import { accumulated, type Emitter, float, ints, type OperationTable } from "./operation.js";

export type ConvolutionName = "Convolution" | "TransposedConvolution";

function outputLength(length: number, taps: number, { before, after, strides, dilations }: Window, axis: 0 | 1) {
  const reach = dilations[axis] * (taps - 1) + 1;
  return Math.floor((length + before[axis] + after[axis] - reach) / strides[axis]) + 1;
}

function convolutionShape([batch, height, width]: Shape, [down, right, , out]: Shape, window: Window): number[] {
  return [batch!, outputLength(height!, down!, window, 0), outputLength(width!, right!, window, 1), out!];
}

function transposed(x: string, permutation: readonly number[], emitter: Emitter): string {
  return emitter.share(`transpose ${permutation} ${x}`, () =>
    emitter.emit("Transpose", [x], { perm: ints(permutation) }),
  );
}

function rectified(x: string, slope: number, emitter: Emitter): string {
  if (slope === 1) return x;
  return slope === 0 ? emitter.emit("Relu", [x]) : emitter.emit("LeakyRelu", [x], { alpha: float(slope) });
}

const toFirst = [0, 3, 1, 2];
const toLast = [0, 2, 3, 1];
const filterToFirst = [3, 2, 0, 1];

function standardConvolution(node: NodeOf<"Convolution">, operands: readonly string[], emitter: Emitter): string {
  const [x, filter, ...bias] = operands as [string, string, ...string[]];
  const { strides, dilations, before, after, slope } = node.parameters;
  const inputs = [transposed(x, toFirst, emitter), transposed(filter, filterToFirst, emitter), ...bias];
  const attributes = { strides: ints(strides), dilations: ints(dilations), pads: ints([...before, ...after]) };
  return transposed(rectified(emitter.emit("Conv", inputs, attributes), slope, emitter), toLast, emitter);
}

/** ONNX says how far the result reaches by cutting at its end, or by adding where nothing was written. */
function standardTranspose(
  node: NodeOf<"TransposedConvolution">,
  operands: readonly string[],
  emitter: Emitter,
): string {
  const [dy, filter, ...bias] = operands as [string, string, ...string[]];
  const { strides, before, shape, slope } = node.parameters;
  const [from, taps] = node.operands.map((operand) => operand.shape) as [Shape, Shape];
  const surplus = ([0, 1] as const).map(
    (axis) => strides[axis] * (from[axis + 1]! - 1) + taps[axis]! - before[axis] - shape[axis + 1]!,
  );
  const inputs = [transposed(dy, toFirst, emitter), transposed(filter, filterToFirst, emitter), ...bias];
  const result = emitter.emit("ConvTranspose", inputs, {
    strides: ints(strides),
    pads: ints([...before, ...surplus.map((count) => Math.max(count, 0))]),
    output_padding: ints(surplus.map((count) => Math.max(-count, 0))),
  });
  return transposed(rectified(result, slope, emitter), toLast, emitter);
}

export const convolutions: OperationTable<ConvolutionName> = {
  Convolution: {
    tolerance: accumulated,
    shape: ([x, filter], window) => ({
      dtype: "float32",
      shape: convolutionShape(x!.shape, filter!.shape, window),
    }),
    lower: (node, operands, emitter) => {
      const { block } = emitter;
      if (block === undefined) return standardConvolution(node, operands, emitter);
      return blockedConvolution(node, operands, { emitter, block });
    },
  },
  TransposedConvolution: {
    tolerance: accumulated,
    shape: (_, { shape }) => ({ dtype: "float32", shape }),
    lower: (node, operands, emitter) => {
      const { block } = emitter;
      if (block === undefined) return standardTranspose(node, operands, emitter);
      return blockedTranspose(node, operands, { emitter, block });
    },
  },
};
