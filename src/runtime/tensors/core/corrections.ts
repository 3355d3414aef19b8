/**
 * Corrections of tfjs-core, registered where an engine is loaded, and again after a package that brings tfjs's own
 * gradients (the registries are shared by every copy of tfjs-core in the process). Comparisons and logic get the
 * gradient 0 (a condition may depend on what is differentiated); extremes and squared differences sum over broadcast
 * axes; a running sum works along every axis; the gradients of a tile (which is also what tfjs-core makes of a
 * broadcast) and of a batched gather are one sum or scatter instead of one slice a row; the gradient of a product does
 * without running products.
 */
import { correctImages } from "./image-corrections.js";
import * as tf from "./tfjs.js";

type Gradient = (dy: tf.Tensor, saved: readonly tf.Tensor[], attributes: Readonly<Record<string, unknown>>) => Parts;
type Parts = Record<string, () => tf.Tensor>;

function register(kernelName: string, inputsToSave: string[], gradient: Gradient): void {
  tf.registerGradient({
    kernelName,
    inputsToSave,
    gradFunc: (dy, saved, attributes) => gradient(dy as tf.Tensor, saved, attributes),
  });
}

/** The gradient of a broadcast operand: summed over the axes along which it was repeated. */
function unbroadcast(gradient: tf.Tensor, shape: number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape, gradient.shape);
  return tf.reshape(axes.length > 0 ? tf.sum(gradient, axes) : gradient, shape);
}

function zero(names: readonly string[]): Gradient {
  return (_, saved) => Object.fromEntries(names.map((name, k) => [name, () => tf.zeros(saved[k]!.shape)]));
}

/** From the two partial derivatives, before broadcasting is undone. */
function ofPair(left: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, right: typeof left): Gradient {
  return (dy, [a, b]) => ({
    a: () => unbroadcast(tf.mul(dy, left(a!, b!)), a!.shape),
    b: () => unbroadcast(tf.mul(dy, right(a!, b!)), b!.shape),
  });
}

function mask(condition: tf.Tensor): tf.Tensor {
  return tf.cast(condition, "float32");
}

/** Adds dy [batch…, k…, inner…] into zeros like x [batch…, n, inner…], a flat row index each. */
function scatterBatch(x: tf.Tensor, indices: tf.Tensor, dy: tf.Tensor, batchDims: number): tf.Tensor {
  const batch = x.shape.slice(0, batchDims).reduce((product, length) => product * length, 1);
  const rows = x.shape[batchDims]!;
  const inner = x.shape.slice(batchDims + 1).reduce((product, length) => product * length, 1);
  const starts = tf.mul(tf.range(0, batch, 1, "int32"), tf.scalar(rows, "int32")).reshape([batch, 1]);
  const flat = tf.add(tf.reshape(indices, [batch, indices.size / batch]), starts);
  const sums = tf.unsortedSegmentSum(
    tf.reshape(dy, [indices.size, inner]),
    tf.reshape(flat, [indices.size]) as tf.Tensor1D,
    batch * rows,
  );
  return tf.reshape(sums, x.shape);
}

/** The plain backend's own, whatever is registered later. */
const plainCumsum = tf.getKernel("Cumsum", "cpu");
const plainGather = tf.getGradient("GatherV2");

function correctElementwise(): void {
  for (const kernel of ["Greater", "GreaterEqual", "Less", "LessEqual", "Equal", "NotEqual"]) {
    register(kernel, ["a", "b"], zero(["a", "b"]));
  }
  for (const kernel of ["LogicalAnd", "LogicalOr", "LogicalXor"]) register(kernel, ["a", "b"], zero(["a", "b"]));
  for (const kernel of ["LogicalNot", "IsNan", "IsInf", "IsFinite"]) register(kernel, ["x"], zero(["x"]));

  register(
    "Maximum",
    ["a", "b"],
    ofPair(
      (a, b) => mask(tf.greaterEqual(a, b)),
      (a, b) => mask(tf.less(a, b)),
    ),
  );
  register(
    "Minimum",
    ["a", "b"],
    ofPair(
      (a, b) => mask(tf.lessEqual(a, b)),
      (a, b) => mask(tf.greater(a, b)),
    ),
  );
  register(
    "SquaredDifference",
    ["a", "b"],
    ofPair(
      (a, b) => tf.mul(2, tf.sub(a, b)),
      (a, b) => tf.mul(2, tf.sub(b, a)),
    ),
  );
}

/** Each axis as (copy, position), summed over the copies. */
function correctTile(): void {
  register("Tile", ["x"], (dy, [x], { reps }) => {
    const counts = reps as number[];
    const axes = counts.map((_, axis) => axis).filter((axis) => counts[axis] !== 1);
    if (axes.every((axis) => x!.shape[axis] === 1)) return { x: () => tf.sum(dy, axes, true) };
    const split = x!.shape.flatMap((length, axis) => [counts[axis]!, length]);
    const copies = counts.map((_, axis) => 2 * axis);
    return { x: () => tf.reshape(tf.sum(tf.reshape(dy, split), copies), x!.shape) };
  });
}

/** Π x / xᵢ, by the product of the others where some xᵢ may be 0: along one axis, element i replaced by 1 in turn. */
function correctProduct(): void {
  register("Prod", ["x"], (dy, [x], { axis }) => {
    const axes = tf.util.parseAxisParam(axis as number | number[], x!.shape);
    const rest = x!.shape.map((_, k) => k).filter((k) => !axes.includes(k));
    const count = axes.reduce((size, k) => size * x!.shape[k]!, 1);
    const kept = rest.map((k) => x!.shape[k]!);
    const order = [...rest, ...axes];
    return {
      x: () => {
        const rows = tf.reshape(tf.transpose(x!, order), [...kept, 1, count]);
        const others = tf.prod(tf.where(tf.cast(tf.eye(count), "bool"), tf.onesLike(rows), rows), -1);
        const scaled = tf.mul(others, tf.reshape(dy, [...kept, 1]));
        const back = order.map((_, k) => order.indexOf(k));
        return tf.transpose(
          tf.reshape(
            scaled,
            order.map((k) => x!.shape[k]!),
          ),
          back,
        );
      },
    };
  });
}

/** A running sum's gradient runs the other way; the plain backend takes a negative axis for another one. */
function correctRunningSum(): void {
  register("Cumsum", [], (dy, _, { axis, exclusive, reverse }) => ({
    x: () => tf.cumsum(dy, axis as number, exclusive as boolean, !(reverse as boolean)),
  }));
  tf.unregisterKernel("Cumsum", "cpu");
  tf.registerKernel({
    ...plainCumsum,
    kernelFunc: (call) => {
      const axis = call.attrs!.axis as number;
      const rank = call.inputs.x!.shape.length;
      return plainCumsum.kernelFunc({ ...call, attrs: { ...call.attrs, axis: axis < 0 ? axis + rank : axis } });
    },
  });
}

function correctGather(): void {
  register("GatherV2", ["x", "indices"], (dy, saved, attributes) => {
    const batchDims = (attributes.batchDims as number | undefined) ?? 0;
    const [x, indices] = saved as [tf.Tensor, tf.Tensor];
    if (batchDims === 0) return plainGather.gradFunc(dy, [x, indices], attributes as tf.NamedAttrMap) as Parts;
    if (attributes.axis !== batchDims) throw new Error("a gather with batchDims has a gradient along that axis alone");
    return { x: () => scatterBatch(x, indices, dy, batchDims), indices: () => tf.zeros(indices.shape) };
  });
}

/** Puts the corrections in force, over whatever is registered. */
export function applyCorrections(): void {
  correctElementwise();
  correctTile();
  correctProduct();
  correctRunningSum();
  correctGather();
  correctImages();
}

applyCorrections();
