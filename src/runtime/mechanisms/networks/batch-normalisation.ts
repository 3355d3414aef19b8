/**
 * Batch normalisation (Ioffe & Szegedy 2015) over all axes but the last, which holds the channels. Written with its own
 * derivative: what automatic differentiation makes of the moments is the same vector algebra a channel, but spread over
 * three times as many passes over the whole tensor.
 */
import * as tf from "../../tensors/core/tfjs.js";

/** Added to the variance, as is customary. */
export const varianceFloor = 1e-5;

/** Mean and variance of each channel, [channels]. */
export interface Moments {
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
}

export interface Normalised extends Moments {
  /** scale · (x − mean) / √(variance + floor) + shift, of the shape of x. */
  readonly value: tf.Tensor;
}

interface Statistics extends Moments {
  readonly inverse: tf.Tensor;
}

function rowsOf(x: tf.Tensor): tf.Tensor {
  const channels = x.shape.at(-1)!;
  return tf.reshape(x, [x.size / channels, channels]);
}

/** The variance is the mean square of what is centred, since a difference of large squares would lose its digits. */
function statisticsOf(rows: tf.Tensor): Statistics {
  const mean = tf.mean(rows, 0);
  const variance = tf.mean(tf.square(tf.sub(rows, mean)), 0);
  return { mean, variance, inverse: tf.rsqrt(tf.add(variance, varianceFloor)) };
}

/** With its own gradient with respect to x [n, channels], scale and shift, the statistics being functions of x. */
const standardise = ({ mean, inverse }: Statistics) =>
  tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [x, scale, shift, save] = inputs as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    save([x, scale, mean, inverse]);
    const value = tf.add(tf.mul(tf.sub(x, mean), tf.mul(scale, inverse)), shift);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [rows, factor, centre, slope] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      const centred = tf.sub(rows, centre);
      const dShift = tf.sum(dy, 0);
      const dScale = tf.mul(tf.sum(tf.mul(dy, centred), 0), slope);
      const count = rows.shape[0]!;
      const pull = tf.div(tf.mul(dScale, slope), count);
      const inner = tf.sub(tf.sub(dy, tf.div(dShift, count)), tf.mul(centred, pull));
      return [tf.mul(inner, tf.mul(factor, slope)), dScale, dShift];
    };
    return { value, gradFunc };
  });

/**
 * Normalises by the moments of the batch. With n rows, x̂ = (x − mean) / σ and dy the gradient of the value,
 * d scale = Σ dy · x̂, d shift = Σ dy, dx = (scale / σ) (dy − d shift / n − x̂ · d scale / n).
 */
export function normalised(x: tf.Tensor, scale: tf.Tensor, shift: tf.Tensor): Normalised {
  const rows = rowsOf(x);
  const statistics = statisticsOf(rows);
  const value = standardise(statistics)(rows, scale, shift);
  return { value: tf.reshape(value, x.shape), mean: statistics.mean, variance: statistics.variance };
}

/** Normalises by given moments: one scale and one shift a channel. */
export function normalisedBy({ mean, variance }: Moments, x: tf.Tensor, scale: tf.Tensor, shift: tf.Tensor): tf.Tensor {
  const slope = tf.mul(scale, tf.rsqrt(tf.add(variance, varianceFloor)));
  return tf.add(tf.mul(x, slope), tf.sub(shift, tf.mul(mean, slope)));
}
