/**
 * Affine coupling layers (Dinh, Sohl-Dickstein & Bengio 2017): one half of the elements passes, the other is shifted
 * and scaled by a network of the first half and the context; then the halves change roles. Between pairs of layers the
 * elements are riffled, so that over the layers every two of them come to lie in different halves. Exact both ways, at
 * the same cost. Domain and codomain: R^n, n ≥ 2. Training starts near the identity.
 */
import type { Tensors } from "../../../tensors/core/engine.js";
import * as tf from "../../../tensors/core/tfjs.js";
import { createContextConditioner } from "../../networks/conditioner.js";
import type { Parameters } from "../../networks/network.js";
import { prefixed, under } from "../contract/parameter-names.js";
import type { Transformed } from "../contract/transform.js";
import type { VectorTransform } from "../contract/vector-transform.js";
import { affineStepOf, stepForward, stepInverse } from "./affine-step.js";

interface Layer {
  readonly passing: readonly number[];
  readonly changed: readonly number[];
  readonly parameters: Parameters;
  theta(parameters: Tensors, context: tf.Tensor | null): tf.Tensor;
}

export interface CouplingOptions {
  readonly layers: number;
  readonly hidden: readonly number[];
}

export function coupling(
  size: number,
  contextSize: number,
  { layers: count, hidden }: CouplingOptions,
): VectorTransform {
  const layers = halvesOf(size, count).map(({ passing, changed }): Layer => {
    const inputs = passing.length + contextSize;
    const initial = Array.from({ length: 2 * changed.length }, () => 0);
    return { passing, changed, ...createContextConditioner(inputs, hidden, initial) };
  });

  function apply(
    direction: "forward" | "inverse",
    rows: tf.Tensor,
    parameters: Tensors,
    context: tf.Tensor | null,
  ): Transformed {
    let value = rows;
    let logDerivative: tf.Tensor = tf.zeros([rows.shape[0]!, 1]);
    const steps = layers.map((layer, k) => ({ layer, k }));
    for (const { layer, k } of direction === "forward" ? steps : steps.reverse()) {
      const step = through(layer, direction, value, under(parameters, `${k}`), context);
      value = step.value;
      logDerivative = tf.add(logDerivative, step.logDerivative);
    }
    return { value, logDerivative };
  }

  return {
    name: "coupling",
    parameters: Object.assign({}, ...layers.map((layer, k) => prefixed(layer.parameters, `${k}`))),
    mixes: true,
    forward: (noise, parameters, context) => apply("forward", noise, parameters, context),
    inverse: (value, parameters, context) => apply("inverse", value, parameters, context),
  };
}

function through(
  { passing, changed, theta }: Layer,
  direction: "forward" | "inverse",
  rows: tf.Tensor,
  parameters: Tensors,
  context: tf.Tensor | null,
): Transformed {
  const kept = columns(rows, passing);
  const old = columns(rows, changed);
  const step = affineStepOf(theta(parameters, context ? tf.concat([kept, context], 1) : kept), changed.length);
  const fresh = direction === "forward" ? stepForward(step, old) : stepInverse(step, old);
  const order = [...passing, ...changed];
  const logScale = tf.sum(step.logScale, 1, true);
  return {
    value: columns(
      tf.concat([kept, fresh], 1),
      order.map((_, element) => order.indexOf(element)),
    ),
    logDerivative: direction === "forward" ? logScale : tf.neg(logScale),
  };
}

function columns(rows: tf.Tensor, indices: readonly number[]): tf.Tensor {
  return tf.gather(rows, tf.tensor1d([...indices], "int32"), 1);
}

/**
 * The two halves of each layer: roles alternate, and each second layer the order is riffled (0, 2, 4, …, 1, 3, 5, …).
 */
function halvesOf(size: number, layers: number): { passing: number[]; changed: number[] }[] {
  let order = Array.from({ length: size }, (_, element) => element);
  const first = Math.ceil(size / 2);
  return Array.from({ length: layers }, (_, layer) => {
    if (layer > 0 && layer % 2 === 0)
      order = [...order.filter((_, at) => at % 2 === 0), ...order.filter((_, at) => at % 2 === 1)];
    const [front, back] = [order.slice(0, first), order.slice(first)];
    return layer % 2 === 0 ? { passing: front, changed: back } : { passing: back, changed: front };
  });
}
