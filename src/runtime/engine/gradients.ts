/**
 * Gradients that tfjs-core lacks or has wrong, registered where an engine is loaded: comparisons and logic have the
 * gradient 0 (a condition may depend on what is differentiated), extremes and squared differences sum over broadcast
 * axes, and a batched gather's gradient is one scatter instead of one slice a row.
 */
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

for (const kernel of ["Greater", "GreaterEqual", "Less", "LessEqual", "Equal", "NotEqual"]) {
  register(kernel, ["a", "b"], zero(["a", "b"]));
}
for (const kernel of ["LogicalAnd", "LogicalOr", "LogicalXor"]) register(kernel, ["a", "b"], zero(["a", "b"]));
register("LogicalNot", ["x"], zero(["x"]));

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

const plainGather = tf.getGradient("GatherV2");
register("GatherV2", ["x", "indices"], (dy, saved, attributes) => {
  const batchDims = (attributes.batchDims as number | undefined) ?? 0;
  const [x, indices] = saved as [tf.Tensor, tf.Tensor];
  if (batchDims === 0) return plainGather.gradFunc(dy, [x, indices], attributes as tf.NamedAttrMap) as Parts;
  if (attributes.axis !== batchDims) throw new Error("a gather with batchDims has a gradient along that axis alone");
  return { x: () => scatterBatch(x, indices, dy, batchDims), indices: () => tf.zeros(indices.shape) };
});
