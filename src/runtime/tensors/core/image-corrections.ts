/**
 * Corrections of tfjs-core's gradients of pooling and enlarging: its plain backend divides by the
 * whole window where zeros were added around an image, and loses pixels of an enlarged one.
 */
import * as tf from "./tfjs.js";

type Image = [number, number, number, number];
interface Pool {
  /** One number for both axes, or one each. */
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: "valid" | "same" | number;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

function pair(size: number | [number, number]): [number, number] {
  return typeof size === "number" ? [size, size] : size;
}

/**
 * Each window's gradient, divided by its number of pixels, given to all of them: a transposed convolution with ones.
 */
function poolGradient(dy: tf.Tensor4D, x: tf.Tensor4D, pool: Pool): tf.Tensor {
  const { pad, dimRoundingMode } = pool;
  const strides = pair(pool.strides);
  const [batch, height, width, channels] = x.shape;
  const [high, wide] = pair(pool.filterSize);
  const [, rows, columns] = dy.shape;
  if (rows * high === height && columns * wide === width && high === strides[0] && wide === strides[1]) {
    const apart = tf.reshape(tf.mul(dy, 1 / (high * wide)), [batch, rows, 1, columns, 1, channels]);
    return tf.reshape(tf.tile(apart, [1, 1, high, 1, wide, 1]), x.shape);
  }
  const filter = tf.ones<tf.Rank.R4>([high, wide, 1, 1]);
  const counts = tf.conv2d(
    tf.ones<tf.Rank.R4>([1, height, width, 1]),
    filter,
    strides,
    pad,
    "NHWC",
    1,
    dimRoundingMode,
  );
  const first = tf.transpose(tf.div(dy, counts), [0, 3, 1, 2]);
  const single = tf.reshape(first, [batch * channels, dy.shape[1]!, dy.shape[2]!, 1]) as tf.Tensor4D;
  const shape: Image = [batch * channels, height, width, 1];
  const spread = tf.conv2dTranspose(single, filter, shape, strides, pad, dimRoundingMode);
  return tf.transpose(tf.reshape(spread, [batch, channels, height, width]), [0, 2, 3, 1]);
}

/** The sum over the pixels that each was repeated as. */
function enlargementGradient(dy: tf.Tensor, images: tf.Tensor): tf.Tensor {
  const [batch, height, width, channels] = images.shape as Image;
  const [, high, wide] = dy.shape as Image;
  if (high % height !== 0 || wide % width !== 0) {
    throw new Error("an enlargement has a gradient for whole factors alone");
  }
  const blocks = tf.reshape(dy, [batch, height, high / height, width, wide / width, channels]);
  return tf.sum(blocks, [2, 4]);
}

/** Puts the corrections in force, over whatever is registered. */
export function correctImages(): void {
  tf.registerGradient({
    kernelName: "AvgPool",
    inputsToSave: ["x"],
    gradFunc: (dy, [x], attributes) => ({
      x: () => poolGradient(dy as tf.Tensor4D, x as tf.Tensor4D, attributes as unknown as Pool),
    }),
  });
  tf.registerGradient({
    kernelName: "ResizeNearestNeighbor",
    inputsToSave: ["images"],
    gradFunc: (dy, [images]) => ({ images: () => enlargementGradient(dy as tf.Tensor, images!) }),
  });
}
