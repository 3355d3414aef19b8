/**
 * A scalar transform applied to every element of a vector, each element with parameters of its own: y_i = T(u_i;
 * θ_i(pa)). The rows of elements go through the scalar transform as one long column.
 */
import type { Tensors } from "../../../tensors/core/engine.js";
import * as tf from "../../../tensors/core/tfjs.js";
import { createContextConditioner } from "../../networks/conditioner.js";
import type { Transform, Transformed } from "../contract/transform.js";
import type { VectorTransform } from "../contract/vector-transform.js";

export function elementwise(
  transform: Transform,
  size: number,
  contextSize: number,
  hidden: readonly number[],
): VectorTransform {
  const initial = Array.from({ length: size }, () => transform.identity).flat();
  const conditioner = createContextConditioner(contextSize, hidden, initial);

  function apply(
    direction: "forward" | "inverse",
    rows: tf.Tensor,
    parameters: Tensors,
    context: tf.Tensor | null,
  ): Transformed {
    const batch = rows.shape[0]!;
    const theta = conditioner.theta(parameters, context);
    const perRow = theta.shape[0] === batch ? theta : tf.tile(theta, [batch, 1]);
    const column = tf.reshape(rows, [batch * size, 1]);
    const { value, logDerivative } = transform[direction](
      column,
      tf.reshape(perRow, [batch * size, transform.parameterCount]),
    );
    return {
      value: tf.reshape(value, [batch, size]),
      logDerivative: tf.sum(tf.reshape(logDerivative, [batch, size]), 1, true),
    };
  }

  return {
    name: transform.name,
    parameters: conditioner.parameters,
    mixes: false,
    forward: (noise, parameters, context) => apply("forward", noise, parameters, context),
    inverse: (value, parameters, context) => apply("inverse", value, parameters, context),
  };
}
