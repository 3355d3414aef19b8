/**
 * Broadcasts are late and few: element-wise operations broadcast by themselves, so a written-out broadcast before one
 * is dropped or moved behind it, where less is computed; sums over broadcast axes are products; and layout operations
 * keep a broadcast number a broadcast number. Gradients of sums and means in tfjs-core are products with tensors of
 * ones.
 */
import { type Node, type NodeOf, type OperationName, sameShape } from "../graph/node.js";
import { broadcastShapes, reducedShape } from "../graph/shapes.js";
import { isElementwise } from "../operations/elementwise.js";
import { storedConstant } from "../operations/stored-constant.js";
import { foldConstant, isSmall } from "./fold.js";
import { type GeneralRule, type Rule, type Rules, uniform } from "./rewriter.js";

/** The node, broadcast to a shape where it is not of that shape already. */
function expanded(node: Node, shape: readonly number[], maker: Parameters<GeneralRule>[1]): Node {
  return sameShape(node.shape, shape) ? node : maker.make("Expand", [node], { shape });
}

/** Replaces broadcast operands of an element-wise operation by what they broadcast. */
export const dropExpands: GeneralRule = (node, maker) => {
  if (!isElementwise(node) || !node.operands.some((operand) => operand.op === "Expand")) return undefined;
  const operands = node.operands.map((operand) => (operand.op === "Expand" ? operand.operands[0]! : operand));
  const result = maker.make(node.op, operands, node.parameters as never);
  return expanded(result, node.shape, maker);
};

/** Folds what is known and small. A large constant of equal elements stays a broadcast. */
export const fold: GeneralRule = (node, maker) => {
  if (node.op === "Constant" || node.op === "Input" || node.operands.length === 0) return undefined;
  if (!node.operands.every((operand) => operand.op === "Constant" || uniform(operand) !== undefined)) return undefined;
  if (node.op === "Expand") return undefined;
  if (!isSmall(node) || !node.operands.every(isSmall)) return undefined;
  const data = foldConstant(node);
  if (data === undefined) return undefined;
  const stored = storedConstant(data, node.shape, node.dtype);
  if (stored.op !== "Expand") return maker.make("Constant", [], { data, dtype: node.dtype, shape: node.shape });
  return maker.make("Expand", [maker.constant(uniform(stored)!, node.dtype)], { shape: node.shape });
};

const movers = new Set<OperationName>(["Reshape", "Transpose", "Slice", "Tile", "Gather", "GatherND"]);

/** Moving equal elements about leaves equal elements. */
export const moveUniform: GeneralRule = (node, maker) => {
  const [moved] = node.operands;
  if (!movers.has(node.op) || moved === undefined || moved.op !== "Expand") return undefined;
  const value = uniform(moved);
  return value === undefined ? undefined : expanded(maker.constant(value, node.dtype), node.shape, maker);
};

type Reduction = "ReduceSum" | "ReduceMean" | "ReduceMax" | "ReduceMin";

/** A sum along a broadcast axis is a multiple; a mean or an extreme along one is the value. */
function reduceExpanded<K extends Reduction>(node: NodeOf<K>, maker: Parameters<GeneralRule>[1]): Node | undefined {
  const [source] = node.operands;
  if (source?.op !== "Expand") return undefined;
  const inner = source.operands[0]!;
  const aligned = [...new Array<number>(source.shape.length - inner.shape.length).fill(1), ...inner.shape];
  const { axes, keepDimensions } = node.parameters;
  const repeated = axes.filter((axis) => aligned[axis] === 1 && source.shape[axis] !== 1);
  if (repeated.length === 0) return undefined;
  const rest = axes.filter((axis) => !repeated.includes(axis));
  const full = maker.make("Reshape", [inner], { shape: aligned });
  const reduced = rest.length === 0 ? full : maker.make(node.op, [full], { axes: rest, keepDimensions: true } as never);
  const factor = repeated.reduce((product, axis) => product * source.shape[axis]!, 1);
  const scaled =
    node.op === "ReduceSum" ? maker.make("Mul", [reduced, maker.constant(factor, node.dtype)], {}) : reduced;
  const whole = expanded(scaled, reducedShape(source.shape, axes, true), maker);
  return keepDimensions ? whole : maker.make("Reshape", [whole], { shape: node.shape });
}

/** The axes along which an Expand repeats. */
function repeatedAxes(expand: Node): readonly number[] {
  const inner = expand.operands[0]!.shape;
  const missing = expand.shape.length - inner.length;
  return expand.shape
    .map((_, axis) => axis)
    .filter((axis) => axis < missing || inner[axis - missing] !== expand.shape[axis]);
}

/**
 * What works within rows is done once where all rows are the same, if the axes that it works along are not repeated.
 */
function withinRows(axesOf: (node: Node) => readonly number[]): GeneralRule {
  return (node, maker) => {
    const [source] = node.operands;
    if (source?.op !== "Expand" || node.operands.length !== 1) return undefined;
    const repeated = repeatedAxes(source);
    if (axesOf(node).some((axis) => repeated.includes(axis))) return undefined;
    const shape = source.shape.map((length, axis) => (repeated.includes(axis) ? 1 : length));
    const row = maker.make("Reshape", source.operands, { shape });
    const parameters = node.op === "Slice" ? sliceOfRow(node.parameters, repeated) : node.parameters;
    return expanded(maker.make(node.op, [row], parameters as never), node.shape, maker);
  };
}

function sliceOfRow({ starts, sizes, steps }: NodeOf<"Slice">["parameters"], repeated: readonly number[]) {
  const once = (values: readonly number[], value: number) =>
    values.map((given, axis) => (repeated.includes(axis) ? value : given));
  return { starts: once(starts, 0), sizes: once(sizes, 1), steps: once(steps, 1) };
}

function axisOfNode(node: Node): readonly number[] {
  return node.op === "Softmax" || node.op === "CumSum" ? [node.parameters.axis] : [];
}

/** The axes that a padding changes. */
function paddedAxes(node: Node): readonly number[] {
  if (node.op !== "Pad") return [];
  const { before, after } = node.parameters;
  return before.map((_, axis) => axis).filter((axis) => before[axis] !== 0 || after[axis] !== 0);
}

export const broadcastRules: Rules = {
  Softmax: [withinRows(axisOfNode) as Rule<"Softmax">],
  CumSum: [withinRows(axisOfNode) as Rule<"CumSum">],
  Pad: [withinRows(paddedAxes) as Rule<"Pad">],
  Slice: [withinRows(() => []) as Rule<"Slice">],
  Expand: [
    ({ operands: [x], shape }, maker) => {
      if (sameShape(x!.shape, shape)) return x;
      return x!.op === "Expand" ? maker.make("Expand", [x!.operands[0]!], { shape }) : undefined;
    },
    ({ shape, parameters, operands }, maker) =>
      sameShape(shape, parameters.shape)
        ? undefined
        : maker.make("Expand", operands, { shape: broadcastShapes(operands[0]!.shape, parameters.shape) }),
  ],
  ReduceSum: [reduceExpanded],
  ReduceMean: [reduceExpanded],
  ReduceMax: [reduceExpanded],
  ReduceMin: [reduceExpanded],
};
