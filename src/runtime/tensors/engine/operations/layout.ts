/**
 * Operations that move elements and compute nothing: reshape, transpose, broadcast, join, cut, pad, and reading or
 * adding at indices. Those whose source positions do not depend on data fold by one table of offsets.
 */
import { type ConstantData, type NodeOf, type Shape, sizeOf } from "../graph/node.js";
import { broadcastShapes, broadcastStrides, stridedOffsets, stridesOf } from "../graph/shapes.js";
import {
  accumulated,
  type Emitter,
  emptyData,
  exact,
  int,
  ints,
  type OperationTable,
  scalarConstant,
  text,
} from "./operation.js";

export type Layout =
  | "Reshape"
  | "Transpose"
  | "Expand"
  | "Tile"
  | "Concat"
  | "Slice"
  | "Pad"
  | "ReflectPad"
  | "Gather"
  | "GatherND"
  | "ScatterAdd";

function emptyLike(data: ConstantData, size: number): ConstantData {
  if (data instanceof Float32Array) return new Float32Array(size);
  return data instanceof Int32Array ? new Int32Array(size) : new Uint8Array(size);
}

function pick(data: ConstantData, offsets: Int32Array): ConstantData {
  const result = emptyLike(data, offsets.length);
  for (let i = 0; i < offsets.length; i++) result[i] = data[offsets[i]!]!;
  return result;
}

/** The end that makes ONNX's half-open slice stop after `size` elements; walking down to element 0 needs "below 0". */
function sliceEnd(start: number, size: number, step: number): number {
  const end = start + size * step;
  return end < 0 ? Number.MIN_SAFE_INTEGER : end;
}

function lowerSlice(node: NodeOf<"Slice">, [x]: readonly string[], emitter: Emitter): string {
  const { starts, sizes, steps } = node.parameters;
  const source = node.operands[0]!.shape;
  const axes = source.map((_, axis) => axis).filter((axis) => sizes[axis] !== source[axis] || steps[axis] !== 1);
  const of = (values: readonly number[]) => emitter.integers(axes.map((axis) => values[axis]!));
  const ends = starts.map((start, axis) => sliceEnd(start, sizes[axis]!, steps[axis]!));
  return emitter.emit("Slice", [x!, of(starts), of(ends), emitter.integers(axes), of(steps)]);
}

function lowerPad(node: NodeOf<"Pad" | "ReflectPad">, [x]: readonly string[], emitter: Emitter): string {
  const pads = emitter.integers([...node.parameters.before, ...node.parameters.after]);
  if (node.op === "ReflectPad") return emitter.emit("Pad", [x!, pads], { mode: text("reflect") });
  return emitter.emit("Pad", [x!, pads, scalarConstant(emitter, node.dtype, (node as NodeOf<"Pad">).parameters.value)]);
}

function concatenated(shapes: readonly Shape[], axis: number): number[] {
  return shapes[0]!.map((length, k) => (k === axis ? shapes.reduce((total, shape) => total + shape[k]!, 0) : length));
}

function evaluateConcat(node: NodeOf<"Concat">, operands: readonly ConstantData[]): ConstantData {
  const result = emptyData(node.dtype, sizeOf(node.shape));
  const strides = stridesOf(node.shape);
  let start = 0;
  node.operands.forEach(({ shape }, k) => {
    const targets = stridedOffsets(shape, strides, start * strides[node.parameters.axis]!);
    for (let i = 0; i < targets.length; i++) result[targets[i]!] = operands[k]![i]!;
    start += shape[node.parameters.axis]!;
  });
  return result;
}

/** Adds the updates into zeros; the indices become 64-bit, as ONNX wants them. */
function lowerScatterAdd(node: NodeOf<"ScatterAdd">, operands: readonly string[], emitter: Emitter): string {
  const [indices, updates] = operands as [string, string];
  const zeros = emitter.emit("Expand", [scalarConstant(emitter, node.dtype, 0), emitter.integers(node.shape)]);
  return emitter.emit("ScatterND", [zeros, emitter.cast(indices, "int64"), updates], { reduction: text("add") });
}

export const layout: OperationTable<Layout> = {
  Reshape: {
    tolerance: exact,
    shape: ([x], { shape }) => {
      if (sizeOf(x!.shape) !== sizeOf(shape)) throw new Error(`Reshape of [${x!.shape}] to [${shape}]`);
      return { dtype: x!.dtype, shape };
    },
    evaluate: (_, [x]) => x!,
    lower: ({ shape }, [x], emitter) =>
      emitter.emit("Reshape", [x!, emitter.integers(shape)], shape.includes(0) ? { allowzero: int(1) } : {}),
  },
  Transpose: {
    tolerance: exact,
    shape: ([x], { permutation }) => ({ dtype: x!.dtype, shape: permutation.map((axis) => x!.shape[axis]!) }),
    evaluate: (node, [x]) => {
      const strides = stridesOf(node.operands[0]!.shape);
      return pick(
        x!,
        stridedOffsets(
          node.shape,
          node.parameters.permutation.map((axis) => strides[axis]!),
        ),
      );
    },
    lower: (node, operands, emitter) =>
      emitter.emit("Transpose", operands, { perm: ints(node.parameters.permutation) }),
  },
  Expand: {
    tolerance: exact,
    shape: ([x], { shape }) => ({ dtype: x!.dtype, shape: broadcastShapes(x!.shape, shape) }),
    evaluate: (node, [x]) =>
      pick(x!, stridedOffsets(node.shape, broadcastStrides(node.operands[0]!.shape, node.shape))),
    lower: ({ shape }, [x], emitter) => emitter.emit("Expand", [x!, emitter.integers(shape)]),
  },
  Tile: {
    tolerance: exact,
    shape: ([x], { repeats }) => ({ dtype: x!.dtype, shape: x!.shape.map((length, axis) => length * repeats[axis]!) }),
    lower: ({ parameters }, [x], emitter) => emitter.emit("Tile", [x!, emitter.integers(parameters.repeats)]),
  },
  Concat: {
    tolerance: exact,
    shape: (operands, { axis }) => ({
      dtype: operands[0]!.dtype,
      shape: concatenated(
        operands.map(({ shape }) => shape),
        axis,
      ),
    }),
    evaluate: evaluateConcat,
    lower: (node, operands, emitter) => emitter.emit("Concat", operands, { axis: int(node.parameters.axis) }),
  },
  Slice: {
    tolerance: exact,
    shape: ([x], { sizes }) => ({ dtype: x!.dtype, shape: sizes }),
    evaluate: (node, [x]) => {
      const { starts, steps } = node.parameters;
      const strides = stridesOf(node.operands[0]!.shape);
      const base = starts.reduce((total, start, axis) => total + start * strides[axis]!, 0);
      return pick(
        x!,
        stridedOffsets(
          node.shape,
          strides.map((stride, axis) => stride * steps[axis]!),
          base,
        ),
      );
    },
    lower: lowerSlice,
  },
  Pad: {
    tolerance: exact,
    shape: ([x], { before, after }) => ({
      dtype: x!.dtype,
      shape: x!.shape.map((length, axis) => length + before[axis]! + after[axis]!),
    }),
    lower: lowerPad,
  },
  ReflectPad: {
    tolerance: exact,
    shape: ([x], { before, after }) => ({
      dtype: x!.dtype,
      shape: x!.shape.map((length, axis) => length + before[axis]! + after[axis]!),
    }),
    lower: lowerPad,
  },
  Gather: {
    tolerance: exact,
    shape: ([x, indices], { axis }) => ({
      dtype: x!.dtype,
      shape: [...x!.shape.slice(0, axis), ...indices!.shape, ...x!.shape.slice(axis + 1)],
    }),
    lower: (node, operands, emitter) => emitter.emit("Gather", operands, { axis: int(node.parameters.axis) }),
  },
  GatherND: {
    tolerance: exact,
    shape: ([x, indices], { batchDimensions }) => ({
      dtype: x!.dtype,
      shape: [...indices!.shape.slice(0, -1), ...x!.shape.slice(batchDimensions + indices!.shape.at(-1)!)],
    }),
    lower: (node, [x, indices], emitter) =>
      emitter.emit("GatherND", [x!, emitter.cast(indices!, "int64")], {
        batch_dims: int(node.parameters.batchDimensions),
      }),
  },
  ScatterAdd: {
    tolerance: accumulated,
    shape: ([, updates], { shape }) => ({ dtype: updates!.dtype, shape }),
    lower: lowerScatterAdd,
  },
};
