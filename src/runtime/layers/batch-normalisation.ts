/**
 * Batch normalisation (Ioffe & Szegedy 2015) over all axes but the last, which holds the channels. Written with its own
 * derivative: what automatic differentiation makes of the moments is the same vector algebra a channel, but spread over
 * three times as many passes over the whole tensor.
 */
import * as tf from "../engine/tfjs.js";

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

/**
 * Normalises by the moments of the batch. With n rows, x̂ = (x − mean) / σ and dy the gradient of the value,
 * d scale = Σ dy · x̂, d shift = Σ dy, dx = (scale / σ) (dy − d shift / n − x̂ · d scale / n).
 * The gradient does not pass through the returned moments.
 */
export function normalised(x: tf.Tensor, scale: tf.Tensor, shift: tf.Tensor): Normalised {
  const moments: Statistics[] = [];
  const value = tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [given, factor, offset] = inputs as [tf.Tensor, tf.Tensor, tf.Tensor];
    const rows = rowsOf(given);
    const statistics = statisticsOf(rows);
    moments.push(statistics);
    const { mean, inverse } = statistics;
    const slope = tf.mul(factor, inverse);
    const value = tf.reshape(tf.add(tf.mul(tf.sub(rows, mean), slope), offset), given.shape);
    const gradFunc = (dy: tf.Tensor) => {
      const above = rowsOf(dy);
      const centred = tf.sub(rows, mean);
      const dShift = tf.sum(above, 0);
      const dScale = tf.mul(tf.sum(tf.mul(above, centred), 0), inverse);
      const count = rows.shape[0]!;
      const pull = tf.div(tf.mul(dScale, inverse), count);
      const inner = tf.sub(tf.sub(above, tf.div(dShift, count)), tf.mul(centred, pull));
      return [tf.reshape(tf.mul(inner, slope), given.shape), dScale, dShift];
    };
    return { value, gradFunc };
  })(x, scale, shift);
  return { value, ...moments[0]! };
}

/** Normalises by given moments: one scale and one shift a channel. */
export function normalisedBy({ mean, variance }: Moments, x: tf.Tensor, scale: tf.Tensor, shift: tf.Tensor): tf.Tensor {
  const slope = tf.mul(scale, tf.rsqrt(tf.add(variance, varianceFloor)));
  return tf.add(tf.mul(x, slope), tf.sub(shift, tf.mul(mean, slope)));
}
