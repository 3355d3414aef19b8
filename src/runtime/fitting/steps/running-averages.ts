/**
 * Running averages of batch statistics, for mechanisms with buffers: they move by a tenth towards each batch's value.
 */
import type { Tensors } from "../../tensors/core/engine.js";
import * as tf from "../../tensors/core/tfjs.js";

export const bufferPrefix = "buffer.";
/** Share of a batch's value in the average. */
const momentum = 0.1;

/** They are read when the scope of the loss is closed, which frees all else that was computed in it. */
export function keepStatistics(statistics: Tensors): void {
  for (const tensor of Object.values(statistics)) tf.keep(tensor);
}

/** The state's running averages, moved towards the batch's statistics, which are freed. */
export function movedAverages(state: Tensors, statistics: Tensors): Tensors {
  const moved: Record<string, tf.Tensor> = {};
  for (const [name, batch] of Object.entries(statistics)) {
    const average = state[bufferPrefix + name]!;
    moved[bufferPrefix + name] = tf.add(average, tf.mul(tf.sub(batch, average), momentum));
    batch.dispose();
  }
  return moved;
}
