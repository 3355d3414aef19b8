/** Transforms of vectors in order, from noise to value and back, with their parameters under `transform.<k>`. */
import type { Tensors } from "../../tensors/core/engine.js";
import * as tf from "../../tensors/core/tfjs.js";
import type { Parameters } from "../networks/network.js";
import { prefixed, under } from "../transforms/contract/parameter-names.js";
import type { Transformed } from "../transforms/contract/transform.js";
import type { VectorTransform } from "../transforms/contract/vector-transform.js";

const logTwoPi = Math.log(2 * Math.PI);

export interface VectorChain {
  readonly parameters: Parameters;
  /** T(u; pa), `[batch, n]`. */
  valueOf(noise: tf.Tensor, parameters: Tensors, context: tf.Tensor | null): tf.Tensor;
  /** T⁻¹(y; pa), and log|det dT⁻¹/dy| `[batch, 1]`. */
  noiseOf(value: tf.Tensor, parameters: Tensors, context: tf.Tensor | null): Transformed;
  /** log p(y | pa) with standard normal noise, `[batch, 1]`. */
  logDensity(value: tf.Tensor, parameters: Tensors, context: tf.Tensor | null): tf.Tensor;
  /** Parameters whose start depends on the data; absent where there are none. */
  readonly initialise?: (value: tf.Tensor, parameters: Tensors, context: tf.Tensor | null) => Tensors;
}

export function createVectorChain(transforms: readonly VectorTransform[]): VectorChain {
  const part = (k: number) => `transform.${k}`;
  const backwards = transforms.map((transform, k) => ({ transform, part: part(k) })).reverse();

  function noiseOf(value: tf.Tensor, parameters: Tensors, context: tf.Tensor | null): Transformed {
    let noise = value;
    let logDerivative: tf.Tensor = tf.zeros([value.shape[0]!, 1]);
    for (const { transform, part: own } of backwards) {
      const step = transform.inverse(noise, under(parameters, own), context);
      noise = step.value;
      logDerivative = tf.add(logDerivative, step.logDerivative);
    }
    return { value: noise, logDerivative };
  }

  function initialise(value: tf.Tensor, parameters: Tensors, context: tf.Tensor | null): Tensors {
    const fresh: Record<string, tf.Tensor> = {};
    let current = value;
    for (const { transform, part: own } of backwards) {
      const given = under(parameters, own);
      const start = transform.initialise?.(current, given, context);
      for (const [name, tensor] of Object.entries(start?.parameters ?? {})) fresh[`${own}.${name}`] = tensor;
      current = start?.noise ?? transform.inverse(current, given, context).value;
    }
    return fresh;
  }

  return {
    parameters: Object.assign({}, ...transforms.map((transform, k) => prefixed(transform.parameters, part(k)))),
    valueOf: (noise, parameters, context) =>
      transforms.reduce((u, transform, k) => transform.forward(u, under(parameters, part(k)), context).value, noise),
    noiseOf,
    logDensity(value, parameters, context) {
      const { value: noise, logDerivative } = noiseOf(value, parameters, context);
      const base = tf.mul(-0.5, tf.add(tf.sum(tf.square(noise), 1, true), value.shape[1]! * logTwoPi));
      return tf.add(base, logDerivative);
    },
    ...(transforms.some((transform) => transform.initialise) ? { initialise } : {}),
  };
}
