/**
 * Kernels of tfjs-core that move elements, make constants, or read and add at indices.
 */

import * as tf from "../../core/tfjs.js";
import { type Node, sizeOf } from "../graph/node.js";
import { constantNode } from "../operations/index.js";
import { emptyData } from "../operations/operation.js";
import { axesOf, axisOf, cast, type Kernel, type KernelCall, type Kernels, record, reshape } from "./kernel.js";
import { dataType } from "./trace-backend.js";

function filled(value: number, shape: readonly number[], dtype: Node["dtype"]): Node {
  return record("Expand", [constantNode(value, dtype)], { shape });
}

function sequence(length: number, dtype: Node["dtype"], element: (k: number) => number): Node {
  const data = emptyData(dtype, length);
  for (let k = 0; k < length; k++) data[k] = element(k);
  return record("Constant", [], { data, dtype, shape: [length] });
}

function range({ attributes }: KernelCall): Node {
  const { start, stop, step, dtype } = attributes as { start: number; stop: number; step: number; dtype: string };
  const length = Math.max(0, Math.ceil((stop - start) / step));
  return sequence(length, dataType(dtype), (k) => start + k * step);
}

function linSpace({ attributes }: KernelCall): Node {
  const { start, stop, num } = attributes as { start: number; stop: number; num: number };
  return sequence(num, "float32", (k) => (num === 1 ? start : start + (k * (stop - start)) / (num - 1)));
}

/** A contiguous part of one axis. */
export function sliceAxis(x: Node, axis: number, start: number, size: number): Node {
  return record("Slice", [x], {
    starts: x.shape.map((_, k) => (k === axis ? start : 0)),
    sizes: x.shape.map((length, k) => (k === axis ? size : length)),
    steps: x.shape.map(() => 1),
  });
}

function slice({ inputs, attributes }: KernelCall): Node {
  const x = inputs.x!;
  const like = { shape: [...x.shape], rank: x.shape.length } as unknown as tf.Tensor;
  const [starts, sizes] = tf.slice_util.parseSliceParams(
    like,
    attributes.begin as number | number[],
    attributes.size as number | number[],
  ) as [number[], number[]];
  return record("Slice", [x], { starts, sizes, steps: sizes.map(() => 1) });
}

function stridedSlice({ inputs, attributes }: KernelCall): Node {
  const x = inputs.x!;
  const { begin, end, strides } = attributes as { begin: number[]; end: number[]; strides: number[] };
  const mask = (name: string) => (attributes[name] as number | undefined) ?? 0;
  const info = tf.slice_util.sliceInfo(
    [...x.shape],
    begin,
    end,
    strides,
    mask("beginMask"),
    mask("endMask"),
    mask("ellipsisMask"),
    mask("newAxisMask"),
    mask("shrinkAxisMask"),
  );
  const sizes = info.begin.map((start, axis) =>
    Math.max(0, Math.ceil((info.end[axis]! - start) / info.strides[axis]!)),
  );
  return reshape(record("Slice", [x], { starts: info.begin, sizes, steps: info.strides }), info.finalShape);
}

function reverse({ inputs, attributes }: KernelCall): Node {
  const x = inputs.x!;
  const axes = axesOf(attributes.dims, x);
  return record("Slice", [x], {
    starts: x.shape.map((length, axis) => (axes.includes(axis) ? length - 1 : 0)),
    sizes: x.shape,
    steps: x.shape.map((_, axis) => (axes.includes(axis) ? -1 : 1)),
  });
}

function split({ inputs, attributes }: KernelCall): Node[] {
  const x = inputs.x!;
  const axis = axisOf(attributes.axis, x);
  const wanted = attributes.numOrSizeSplits as number | number[];
  const known = Array.isArray(wanted) ? wanted : new Array<number>(wanted).fill(x.shape[axis]! / wanted);
  const rest = x.shape[axis]! - known.reduce((total, size) => total + Math.max(size, 0), 0);
  let start = 0;
  return known.map((size) => {
    const length = size < 0 ? rest : size;
    start += length;
    return sliceAxis(x, axis, start - length, length);
  });
}

function unpack({ inputs, attributes }: KernelCall): Node[] {
  const x = inputs.value!;
  const axis = axisOf(attributes.axis, x);
  const shape = x.shape.filter((_, k) => k !== axis);
  return Array.from({ length: x.shape[axis]! }, (_, k) => reshape(sliceAxis(x, axis, k, 1), shape));
}

function pack({ inputs, attributes }: KernelCall): Node {
  const parts = Object.values(inputs);
  const shape = [...parts[0]!.shape];
  const axis = attributes.axis as number;
  shape.splice(axis < 0 ? axis + shape.length + 1 : axis, 0, 1);
  const at = axis < 0 ? axis + shape.length : axis;
  return record(
    "Concat",
    parts.map((part) => reshape(part, shape)),
    { axis: at },
  );
}

function pad(op: "Pad" | "ReflectPad"): Kernel {
  return ({ inputs, attributes }) => {
    const paddings = attributes.paddings as [number, number][];
    const before = paddings.map(([first]) => first);
    const after = paddings.map(([, last]) => last);
    if (op === "Pad") return record(op, [inputs.x!], { before, after, value: attributes.constantValue as number });
    if (attributes.mode !== "reflect") throw new Error("of MirrorPad, the mode reflect alone is traced");
    return record(op, [inputs.x!], { before, after });
  };
}

function gather({ inputs, attributes }: KernelCall): Node {
  const { x, indices } = inputs as { x: Node; indices: Node };
  const axis = axisOf(attributes.axis, x);
  const batch = (attributes.batchDims as number | undefined) ?? 0;
  if (batch === 0) return record("Gather", [x, indices], { axis });
  if (batch !== axis) throw new Error("a gather with batchDims is traced along the axis after the batch axes alone");
  const pointed = reshape(indices, [...indices.shape, 1]);
  return record("GatherND", [x, pointed], { batchDimensions: batch });
}

/** Repeating axes of length 1 is a broadcast, which is how tfjs-core spells one. */
function tile({ inputs, attributes }: KernelCall): Node {
  const x = inputs.x!;
  const repeats = attributes.reps as number[];
  if (repeats.some((count, axis) => count !== 1 && x.shape[axis] !== 1)) return record("Tile", [x], { repeats });
  return record("Expand", [x], { shape: x.shape.map((length, axis) => length * repeats[axis]!) });
}

/** 1 where the index equals the position; indices out of range give a row of `offValue`. */
function oneHot({ inputs, attributes }: KernelCall): Node {
  const indices = inputs.indices!;
  const { depth, onValue, offValue, dtype } = attributes as {
    depth: number;
    onValue: number;
    offValue: number;
    dtype: string;
  };
  const type = dataType(dtype);
  const positions = sequence(depth, indices.dtype, (k) => k);
  const hit = record("Equal", [reshape(indices, [...indices.shape, 1]), positions], {});
  if (onValue === 1 && offValue === 0) return cast(hit, type);
  return record("Where", [hit, constantNode(onValue, type), constantNode(offValue, type)], {});
}

function segmentSum({ inputs, attributes }: KernelCall): Node {
  const { x, segmentIds } = inputs as { x: Node; segmentIds: Node };
  const shape = [attributes.numSegments as number, ...x.shape.slice(segmentIds.shape.length)];
  return record("ScatterAdd", [reshape(segmentIds, [...segmentIds.shape, 1]), x], { shape });
}

/** Channels become blocks of pixels: NHWC with C = block² · depth. */
function depthToSpace({ inputs, attributes }: KernelCall): Node {
  const x = inputs.x!;
  const block = attributes.blockSize as number;
  if (attributes.dataFormat !== "NHWC") throw new Error("DepthToSpace is traced for NHWC alone");
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const depth = channels / (block * block);
  const parts = reshape(x, [batch, height, width, block, block, depth]);
  const mixed = record("Transpose", [parts], { permutation: [0, 1, 3, 2, 4, 5] });
  return reshape(mixed, [batch, height * block, width * block, depth]);
}

export const layoutKernels: Kernels = {
  Fill: ({ attributes }) =>
    filled(
      attributes.value as number,
      attributes.shape as number[],
      dataType((attributes.dtype as string) ?? "float32"),
    ),
  ZerosLike: ({ inputs }) => filled(0, inputs.x!.shape, inputs.x!.dtype),
  OnesLike: ({ inputs }) => filled(1, inputs.x!.shape, inputs.x!.dtype),
  Range: range,
  LinSpace: linSpace,
  Reshape: ({ inputs, attributes }) => {
    const shape = attributes.shape as number[];
    return reshape(inputs.x!, tf.util.inferFromImplicitShape(shape, sizeOf(inputs.x!.shape)));
  },
  ExpandDims: ({ inputs, attributes }) => {
    const shape = [...inputs.input!.shape];
    const dim = attributes.dim as number;
    shape.splice(dim < 0 ? dim + shape.length + 1 : dim, 0, 1);
    return reshape(inputs.input!, shape);
  },
  Transpose: ({ inputs, attributes }) => record("Transpose", [inputs.x!], { permutation: attributes.perm as number[] }),
  BroadcastTo: ({ inputs, attributes }) => record("Expand", [inputs.x!], { shape: attributes.shape as number[] }),
  Tile: tile,
  Concat: ({ inputs, attributes }) =>
    record("Concat", Object.values(inputs), { axis: axisOf(attributes.axis, Object.values(inputs)[0]!) }),
  Slice: slice,
  StridedSlice: stridedSlice,
  Reverse: reverse,
  SplitV: split,
  Unpack: unpack,
  Pack: pack,
  PadV2: pad("Pad"),
  MirrorPad: pad("ReflectPad"),
  GatherV2: gather,
  GatherNd: ({ inputs: { params, indices } }) => record("GatherND", [params!, indices!], { batchDimensions: 0 }),
  OneHot: oneHot,
  UnsortedSegmentSum: segmentSum,
  ScatterNd: ({ inputs: { indices, updates }, attributes }) =>
    record("ScatterAdd", [indices!, updates!], { shape: attributes.shape as number[] }),
  DepthToSpace: depthToSpace,
};
