/** Element-wise transforms in order, from noise to value and back, with the parameters of each. */
import * as tf from "../../tensors/core/tfjs.js";
import type { Transform, Transformed } from "../transforms/contract/transform.js";

/** Cuts `[batch or 1, parameters of all]` into one block a transform. */
export function createSplitTheta(transforms: readonly Transform[]): (all: tf.Tensor) => tf.Tensor[] {
  return (all) => {
    let start = 0;
    return transforms.map(({ parameterCount }) => {
      const theta = tf.slice(all, [0, start], [-1, parameterCount]);
      start += parameterCount;
      return theta;
    });
  };
}

/** T(u; θ) alone. */
export function valueThrough(
  transforms: readonly Transform[],
  thetas: readonly tf.Tensor[],
  noise: tf.Tensor,
): tf.Tensor {
  return transforms.reduce((u, transform, k) => transform.forward(u, thetas[k]!).value, noise);
}

/** T⁻¹(y; θ) and log|dT⁻¹/dy|. */
export function inverseThrough(
  transforms: readonly Transform[],
  thetas: readonly tf.Tensor[],
  value: tf.Tensor,
): Transformed {
  let noise = value;
  let logDerivative: tf.Tensor = tf.zerosLike(value);
  for (let k = transforms.length - 1; k >= 0; k--) {
    const step = transforms[k]!.inverse(noise, thetas[k]!);
    noise = step.value;
    logDerivative = tf.add(logDerivative, step.logDerivative);
  }
  return { value: noise, logDerivative };
}
