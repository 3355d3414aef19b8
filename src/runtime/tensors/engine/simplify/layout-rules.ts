/**
 * Copies that need not be made: reshapes and transposes that cancel, slices of whole tensors and of joined ones,
 * paddings that are summed into what is really a concatenation (the gradient of a split), reductions of axes of length
 * 1.
 */
import { type Node, type NodeOf, sameShape } from "../graph/node.js";
import { isElementwise } from "../operations/elementwise.js";
import type { GeneralRule, Maker, Rules } from "./rewriter.js";

function isIdentity(permutation: readonly number[]): boolean {
  return permutation.every((axis, k) => axis === k);
}

/** A transpose that moves only axes of length 1 leaves the elements in place. */
function movesNothing(node: NodeOf<"Transpose">): boolean {
  const source = node.operands[0]!.shape;
  return isIdentity(rank(node.parameters.permutation.filter((axis) => source[axis] !== 1)));
}

function rank(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  return values.map((value) => sorted.indexOf(value));
}

function transpose(node: NodeOf<"Transpose">, maker: Maker): Node | undefined {
  const [x] = node.operands as [Node];
  const { permutation } = node.parameters;
  if (isIdentity(permutation)) return x;
  if (movesNothing(node)) return maker.make("Reshape", [x], { shape: node.shape });
  if (x.op !== "Transpose") return undefined;
  const inner = x.parameters.permutation;
  return maker.make("Transpose", x.operands, { permutation: permutation.map((axis) => inner[axis]!) });
}

/** Element-wise operations of one operand move in front of its transpose, so that transposes meet and cancel. */
export const sinkTranspose: GeneralRule = (node, maker) => {
  const [x] = node.operands;
  if (!isElementwise(node) || node.operands.length !== 1 || x!.op !== "Transpose") return undefined;
  const inner = maker.make(node.op, x!.operands, node.parameters as never);
  return maker.make("Transpose", [inner], x!.parameters);
};

function reshape({ operands: [x], shape }: NodeOf<"Reshape">, maker: Maker): Node | undefined {
  if (sameShape(x!.shape, shape)) return x;
  return x!.op === "Reshape" ? maker.make("Reshape", [x!.operands[0]!], { shape }) : undefined;
}

function sliceOfSlice(node: NodeOf<"Slice">, maker: Maker): Node | undefined {
  const [x] = node.operands as [Node];
  const { starts, sizes, steps } = node.parameters;
  if (sameShape(x.shape, sizes) && steps.every((step) => step === 1)) return x;
  if (x.op !== "Slice") return undefined;
  const outer = x.parameters;
  return maker.make("Slice", x.operands, {
    starts: starts.map((start, axis) => outer.starts[axis]! + start * outer.steps[axis]!),
    sizes,
    steps: steps.map((step, axis) => step * outer.steps[axis]!),
  });
}

/** A slice that lies within one part of a concatenation reads that part. */
function sliceOfConcat(node: NodeOf<"Slice">, maker: Maker): Node | undefined {
  const [x] = node.operands as [Node];
  if (x.op !== "Concat") return undefined;
  const { axis } = x.parameters;
  const { starts, sizes, steps } = node.parameters;
  if (steps[axis] !== 1) return undefined;
  let offset = 0;
  for (const part of x.operands) {
    const length = part.shape[axis]!;
    if (starts[axis]! >= offset && starts[axis]! + sizes[axis]! <= offset + length) {
      const moved = starts.map((start, k) => (k === axis ? start - offset : start));
      return maker.make("Slice", [part], { starts: moved, sizes, steps });
    }
    offset += length;
  }
  return undefined;
}

function concat(node: NodeOf<"Concat">, maker: Maker): Node | undefined {
  const { axis } = node.parameters;
  const parts = node.operands.filter((part) => part.shape[axis] !== 0);
  if (parts.length === 1) return parts[0];
  const flat = parts.flatMap((part) =>
    part.op === "Concat" && part.parameters.axis === axis ? part.operands : [part],
  );
  const joined = joinSlices(flat, axis, maker);
  return joined.length === node.operands.length ? undefined : maker.make("Concat", joined, { axis });
}

/** Neighbouring slices of one tensor, joined again along the axis that was cut. */
function joinSlices(parts: readonly Node[], axis: number, maker: Maker): Node[] {
  const joined: Node[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    const whole = last === undefined ? undefined : joinPair(last, part, axis, maker);
    if (whole === undefined) joined.push(part);
    else joined[joined.length - 1] = whole;
  }
  return joined;
}

function joinPair(a: Node, b: Node, axis: number, maker: Maker): Node | undefined {
  if (a.op !== "Slice" || b.op !== "Slice" || a.operands[0] !== b.operands[0]) return undefined;
  const [p, q] = [a.parameters, b.parameters];
  const plain = [...p.steps, ...q.steps].every((step) => step === 1);
  const adjacent = p.starts.every((start, k) => q.starts[k] === (k === axis ? start + p.sizes[k]! : start));
  if (!plain || !adjacent) return undefined;
  const sizes = p.sizes.map((size, k) => (k === axis ? size + q.sizes[k]! : size));
  return maker.make("Slice", a.operands, { starts: p.starts, sizes, steps: p.steps });
}

type Pad = NodeOf<"Pad">;

function pad(node: Pad, maker: Maker): Node | undefined {
  const [x] = node.operands as [Node];
  const { before, after, value } = node.parameters;
  if (sameShape(x.shape, node.shape)) return x;
  if (x.op !== "Pad" || x.parameters.value !== value) return undefined;
  const inner = x.parameters;
  return maker.make("Pad", x.operands, {
    before: before.map((size, axis) => size + inner.before[axis]!),
    after: after.map((size, axis) => size + inner.after[axis]!),
    value,
  });
}

/** The one axis that is padded, and by how much. */
function paddedAxis({ parameters: { before, after } }: Pad): number | undefined {
  const axes = before.map((_, axis) => axis).filter((axis) => before[axis] !== 0 || after[axis] !== 0);
  return axes.length === 1 ? axes[0] : undefined;
}

/** The sum of two tensors padded with zeros on either side of a border is the two of them side by side. */
function sumOfPads(node: NodeOf<"Add">, maker: Maker): Node | undefined {
  const [a, b] = node.operands as [Node, Node];
  if (a.op !== "Pad" || b.op !== "Pad" || a.parameters.value !== 0 || b.parameters.value !== 0) return undefined;
  const axis = paddedAxis(a);
  if (axis === undefined || axis !== paddedAxis(b) || !sameShape(a.shape, b.shape)) return undefined;
  const [low, high] = a.parameters.before[axis]! <= b.parameters.before[axis]! ? [a, b] : [b, a];
  const end = low.parameters.before[axis]! + low.operands[0]!.shape[axis]!;
  if (end !== high.parameters.before[axis]) return undefined;
  const joined = maker.make("Concat", [low.operands[0]!, high.operands[0]!], { axis });
  return maker.make("Pad", [joined], { before: low.parameters.before, after: high.parameters.after, value: 0 });
}

type Reduction = "ReduceSum" | "ReduceMean" | "ReduceMax" | "ReduceMin" | "ReduceProd";

/** A reduction of axes of length 1 is a reshape. */
function reduceNothing(node: NodeOf<Reduction>, maker: Maker): Node | undefined {
  const [x] = node.operands as [Node];
  const { axes, keepDimensions } = node.parameters;
  const counted = axes.filter((axis) => x.shape[axis] !== 1);
  if (counted.length === 0) return maker.make("Reshape", [x], { shape: node.shape });
  if (counted.length === axes.length) return undefined;
  const reduced = maker.make(node.op, [x], { axes: counted, keepDimensions: true });
  return keepDimensions ? reduced : maker.make("Reshape", [reduced], { shape: node.shape });
}

export const layoutRules: Rules = {
  Reshape: [reshape],
  Transpose: [transpose],
  Slice: [sliceOfSlice, sliceOfConcat],
  Concat: [concat],
  Pad: [pad],
  Add: [sumOfPads],
  Tile: [({ operands: [x], parameters }) => (parameters.repeats.every((count) => count === 1) ? x : undefined)],
  ReduceSum: [reduceNothing],
  ReduceMean: [reduceNothing],
  ReduceMax: [reduceNothing],
  ReduceMin: [reduceNothing],
  ReduceProd: [reduceNothing],
};
