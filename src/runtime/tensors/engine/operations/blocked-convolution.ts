/**
 * onnxruntime's own convolution (domain com.microsoft.nchwc). It wants channels in blocks of b: tensors [n, channels /
 * b, h, w, b in] and filters [out / b, in / b, h, w, b in, b out]; tensors of fewer channels than a block are plain
 * channels-first. The filter is brought into that order in the graph, so it may change from run to run; of a constant
 * filter onnxruntime computes it once. Channels that fill up a last block are zeros.
 */
import type { NodeOf, Shape, Window } from "../graph/node.js";
import { type Attribute, type Emitter, floats, int, ints, text } from "./operation.js";

export interface Blocks {
  readonly emitter: Emitter;
  /** Channels of a block. */
  readonly block: number;
}

const domain = "com.microsoft.nchwc";

function roundUp(count: number, multiple: number): number {
  return Math.ceil(count / multiple) * multiple;
}

function padded(x: string, before: readonly number[], after: readonly number[], { emitter }: Blocks): string {
  if ([...before, ...after].every((count) => count === 0)) return x;
  return emitter.share(`pad ${before} ${after} ${x}`, () =>
    emitter.emit("Pad", [x, emitter.integers([...before, ...after])]),
  );
}

function reshaped(x: string, shape: readonly number[], { emitter }: Blocks): string {
  return emitter.emit("Reshape", [x, emitter.integers(shape)], shape.includes(0) ? { allowzero: int(1) } : {});
}

function transposed(x: string, permutation: readonly number[], { emitter }: Blocks): string {
  return emitter.share(`transpose ${permutation} ${x}`, () =>
    emitter.emit("Transpose", [x], { perm: ints(permutation) }),
  );
}

/** `sizes` elements an axis from `starts`, every `steps`-th, of a value of `shape`. */
function sliced(
  x: string,
  shape: Shape,
  { starts, sizes, steps }: NodeOf<"Slice">["parameters"],
  { emitter }: Blocks,
): string {
  if (sizes.every((size, axis) => size === shape[axis])) return x;
  const ends = starts.map((start, axis) => start + (sizes[axis]! - 1) * steps[axis]! + 1);
  const axes = shape.map((_, axis) => axis);
  return emitter.share(`slice ${starts} ${ends} ${steps} ${x}`, () =>
    emitter.emit("Slice", [x, ...[starts, ends, axes, steps].map((values) => emitter.integers(values))]),
  );
}

/** x [n, h, w, c] as the convolution wants it. */
function blockedInput(x: string, shape: Shape, blocks: Blocks): string {
  const { emitter, block } = blocks;
  const [batch, height, width, channels] = shape as [number, number, number, number];
  if (channels === 1) return reshaped(x, [batch, 1, height, width], blocks);
  if (channels < block) return transposed(x, [0, 3, 1, 2], blocks);
  // The reordering itself fills up a block, from multiples of 4.
  const missing = channels % 4 === 0 ? 0 : roundUp(channels, block) - channels;
  const whole = padded(x, [0, 0, 0, 0], [0, 0, 0, missing], blocks);
  return emitter.share(`blocked ${whole}`, () =>
    emitter.emit(`${domain}.ReorderInput`, [whole], { channels_last: int(1) }),
  );
}

/** A filter of `shape` [h, w, …] whose axis `input` (2 or 3) holds the channels that the convolution reads. */
function blockedFilter(filter: string, shape: Shape, input: 2 | 3, blocks: Blocks): string {
  const { block } = blocks;
  const [height, width] = shape as [number, number];
  const inner = shape[input]! < block ? 1 : block;
  const widths = input === 2 ? [inner, block] : [block, inner];
  const sizes = [shape[2]!, shape[3]!].map((count, k) => roundUp(count, widths[k]!));
  const missing = [0, 0, sizes[0]! - shape[2]!, sizes[1]! - shape[3]!];
  const whole = padded(filter, [0, 0, 0, 0], missing, blocks);
  const split = sizes.flatMap((size, k) => [size / widths[k]!, widths[k]!]);
  const parts = reshaped(whole, [height, width, ...split], blocks);
  const order = input === 2 ? [4, 2, 0, 1, 3, 5] : [2, 4, 0, 1, 5, 3];
  const [read, made] = input === 2 ? sizes : [sizes[1], sizes[0]];
  return reshaped(transposed(parts, order, blocks), [made!, read!, height, width], blocks);
}

function blockedBias(bias: string | undefined, channels: number, blocks: Blocks): string[] {
  if (bias === undefined) return [];
  return [padded(bias, [0], [roundUp(channels, blocks.block) - channels], blocks)];
}

function rectifier(slope: number): Record<string, Attribute> {
  if (slope === 1) return {};
  if (slope === 0) return { activation: text("Relu") };
  return { activation: text("LeakyRelu"), activation_params: floats([slope]) };
}

function convolve(inputs: readonly string[], taps: readonly number[], window: Window, slope: number, blocks: Blocks) {
  return blocks.emitter.emit(`${domain}.Conv`, inputs, {
    kernel_shape: ints(taps),
    strides: ints(window.strides),
    dilations: ints(window.dilations),
    pads: ints([...window.before, ...window.after]),
    group: int(1),
    auto_pad: text("NOTSET"),
    ...rectifier(slope),
  });
}

export function blockedConvolution(
  { operands: [x, filter], parameters, shape }: NodeOf<"Convolution">,
  [input, weights, bias]: readonly string[],
  blocks: Blocks,
): string {
  const channels = shape[3]!;
  const inputs = [
    blockedInput(input!, x!.shape, blocks),
    blockedFilter(weights!, filter!.shape, 2, blocks),
    ...blockedBias(bias, channels, blocks),
  ];
  const result = convolve(inputs, filter!.shape.slice(0, 2), parameters, parameters.slope, blocks);
  const attributes = { channels_last: int(1), channels: int(channels) };
  const last = blocks.emitter.emit(`${domain}.ReorderOutput`, [result], attributes);
  return alsoBlocked(last, result, channels, blocks);
}

/** A next convolution takes what is in blocks as it is; whichever form nobody takes is dropped from the program. */
function alsoBlocked(last: string, result: string, channels: number, { emitter, block }: Blocks): string {
  if (channels % block === 0) emitter.share(`blocked ${last}`, () => result);
  return last;
}

/** One phase along one axis: positions offset, offset + s, … of the result. */
interface Phase {
  /** The first of the filter's taps that it uses, and how many. */
  readonly first: number;
  readonly taps: number;
  /** Zeros before and after dy, or, below 0, how much of it is not read. */
  readonly before: number;
  readonly after: number;
}

/**
 * Position r of the result, r + padding = s q + a with a < s, is Σ_t dy[q − t] · filter[a + s t]: a convolution of
 * stride 1 whose taps are in reverse. All phases are made of ⌈length / s⌉ positions.
 */
function phaseOf(offset: number, stride: number, padding: number, taps: number, from: number, length: number): Phase {
  const first = (offset + padding) % stride;
  const own = Math.max(1, Math.ceil((taps - first) / stride));
  const start = (offset + padding - first) / stride;
  const end = start + Math.ceil(length / stride);
  return { first, taps: own, before: own - 1 - start, after: end - from };
}

/** The taps of a phase in reverse; a phase beyond a filter shorter than the stride reads a zero. */
function phaseFilter(
  filter: string,
  shape: Shape,
  down: Phase,
  right: Phase,
  strides: readonly number[],
  blocks: Blocks,
) {
  const reach = [strides[0]!, strides[1]!].map((stride, axis) => Math.max(stride, shape[axis]!));
  const whole = padded(filter, [0, 0, 0, 0], [reach[0]! - shape[0]!, reach[1]! - shape[1]!, 0, 0], blocks);
  const sizes = [down.taps, right.taps, shape[2]!, shape[3]!];
  const last = [down, right].map(({ first, taps }, axis) => first + (taps - 1) * strides[axis]!);
  const steps = [-strides[0]!, -strides[1]!, 1, 1];
  const { emitter } = blocks;
  const ends = [down.first - 1, right.first - 1].map((end) => (end < 0 ? Number.MIN_SAFE_INTEGER : end));
  const bounds = [last, ends, [0, 1], steps.slice(0, 2)].map((values) => emitter.integers(values));
  return { filter: emitter.emit("Slice", [whole, ...bounds]), shape: sizes };
}

export function blockedTranspose(
  { operands: [dy, filter], parameters }: NodeOf<"TransposedConvolution">,
  [gradient, weights, bias]: readonly string[],
  blocks: Blocks,
): string {
  const { strides, before, shape, slope } = parameters;
  const channels = shape[3]!;
  const from = dy!.shape;
  const phases = ([0, 1] as const).map((axis) =>
    Array.from({ length: strides[axis] }, (_, offset) =>
      phaseOf(offset, strides[axis], before[axis], filter!.shape[axis]!, from[axis + 1]!, shape[axis + 1]!),
    ),
  ) as [Phase[], Phase[]];
  const biases = blockedBias(bias, channels, blocks);
  const parts = phases[0].flatMap((down) =>
    phases[1].map((right) => {
      const own = phaseFilter(weights!, filter!.shape, down, right, strides, blocks);
      const read = within(gradient!, from, [down, right], blocks);
      const inputs = [
        blockedInput(read.x, read.shape, blocks),
        blockedFilter(own.filter, own.shape, 3, blocks),
        ...biases,
      ];
      const zeros = (side: "before" | "after") => [Math.max(down[side], 0), Math.max(right[side], 0)] as const;
      const window: Window = {
        strides: [1, 1],
        dilations: [1, 1],
        before: zeros("before"),
        after: zeros("after"),
      };
      return convolve(inputs, own.shape.slice(0, 2), window, slope, blocks);
    }),
  );
  return interleaved(parts, strides, shape, blocks);
}

/**
 * The phases, each [n, channels / b, rows, columns, b], as [n, h, w, channels]: one gather of blocks of channels, which
 * onnxruntime does three times faster than the transposition that it is.
 */
function interleaved(parts: readonly string[], strides: readonly number[], shape: Shape, blocks: Blocks): string {
  const { emitter, block } = blocks;
  const [batch, height, width, channels] = shape as [number, number, number, number];
  const deep = roundUp(channels, block) / block;
  const [rows, columns] = [Math.ceil(height / strides[0]!), Math.ceil(width / strides[1]!)];
  const joined = parts.length === 1 ? parts[0]! : emitter.emit("Concat", parts, { axis: int(1) });
  const source = reshaped(joined, [batch, parts.length * deep * rows * columns, block], blocks);
  const within = Int32Array.from({ length: height * width }, (_, k) => {
    const [y, x] = [Math.floor(k / width), k % width];
    const phase = (y % strides[0]!) * strides[1]! + (x % strides[1]!);
    return phase * deep * rows * columns + Math.floor(y / strides[0]!) * columns + Math.floor(x / strides[1]!);
  });
  const gathered = (positions: Int32Array, to: readonly number[]) => {
    const where = emitter.constant("int32", [positions.length], positions);
    return reshaped(emitter.emit("Gather", [source, where], { axis: int(1) }), to, blocks);
  };
  const area = rows * columns;
  const byPixel = Int32Array.from({ length: deep * within.length }, (_, k) => {
    return within[Math.floor(k / deep)]! + (k % deep) * area;
  });
  const byBlock = Int32Array.from({ length: deep * within.length }, (_, k) => {
    return within[k % within.length]! + Math.floor(k / within.length) * area;
  });
  const whole = [batch, height, width, deep * block];
  const crop = { starts: [0, 0, 0, 0], sizes: shape, steps: [1, 1, 1, 1] };
  const last = sliced(gathered(byPixel, whole), whole, crop, blocks);
  return alsoBlocked(last, gathered(byBlock, [batch, deep * block, height, width]), channels, blocks);
}

/** dy without the rows and columns at its borders that a phase does not read. */
function within(dy: string, shape: Shape, phases: readonly Phase[], blocks: Blocks) {
  const skipped = phases.map(({ before }) => Math.max(-before, 0));
  const cut = phases.map(({ after }) => Math.max(-after, 0));
  const starts = [0, ...skipped, 0];
  const sizes = shape.map((length, axis) =>
    axis === 1 || axis === 2 ? length - skipped[axis - 1]! - cut[axis - 1]! : length,
  );
  return { x: sliced(dy, shape, { starts, sizes, steps: [1, 1, 1, 1] }, blocks), shape: sizes };
}
