/**
 * Masked autoregressive affine layers (Papamakarios, Pavlakou & Murray 2017): y_i = shift_i(y_1 … y_{i-1}, pa) +
 * exp(s_i(…)) u_i, all shifts and scales by one masked network (MADE, Germain et al. 2015). From value to noise, the
 * direction of training, a layer is one pass; from noise to value it is n passes, one element each. The order of the
 * elements is reversed from layer to layer; the last, beside the value, has them as they are. Domain and codomain: R^n.
 *
 * Degrees: the context has 0, element i has i, hidden units cycle through 0 … n - 1. A unit sees what has at most its
 * degree; the outputs of element i see hidden units of degree below i.
 */
import type { Tensors } from "../../../tensors/core/engine.js";
import * as tf from "../../../tensors/core/tfjs.js";
import { normalParameter, type Parameters } from "../../networks/network.js";
import { prefixed, under } from "../contract/parameter-names.js";
import type { Transformed } from "../contract/transform.js";
import type { VectorTransform } from "../contract/vector-transform.js";
import { type AffineStep, affineStepOf, stepForward, stepInverse } from "./affine-step.js";

export interface AutoregressiveOptions {
  readonly layers: number;
  readonly hidden: readonly number[];
}

interface MaskedNetwork {
  readonly parameters: Parameters;
  /** Shifts and scales of all elements from the elements of the value, `[batch, size]`. */
  step(value: tf.Tensor, parameters: Tensors, context: tf.Tensor | null): AffineStep;
}

export function autoregressive(
  size: number,
  contextSize: number,
  { layers: count, hidden }: AutoregressiveOptions,
): VectorTransform {
  const network = maskedNetwork(size, contextSize, hidden);
  const layers = Array.from({ length: count }, (_, k) => k);
  const turned = (rows: tf.Tensor, layer: number) => ((count - layer) % 2 === 1 ? rows : tf.reverse(rows, 1));

  return {
    name: "autoregressive",
    parameters: Object.assign({}, ...layers.map((k) => prefixed(network.parameters, `${k}`))),
    mixes: true,
    forward(noise, parameters, context) {
      let value = noise;
      let logDerivative: tf.Tensor = tf.zeros([noise.shape[0]!, 1]);
      for (const k of layers) {
        const step = elementByElement(network, size, turned(value, k), under(parameters, `${k}`), context);
        value = turned(step.value, k);
        logDerivative = tf.add(logDerivative, step.logDerivative);
      }
      return { value, logDerivative };
    },
    inverse(value, parameters, context) {
      let noise = value;
      let logDerivative: tf.Tensor = tf.zeros([value.shape[0]!, 1]);
      for (const k of [...layers].reverse()) {
        const rows = turned(noise, k);
        const step = network.step(rows, under(parameters, `${k}`), context);
        noise = turned(stepInverse(step, rows), k);
        logDerivative = tf.sub(logDerivative, tf.sum(step.logScale, 1, true));
      }
      return { value: noise, logDerivative };
    },
  };
}

/** Pass i makes element i right, from elements that earlier passes made right; later ones do not matter yet. */
function elementByElement(
  network: MaskedNetwork,
  size: number,
  noise: tf.Tensor,
  parameters: Tensors,
  context: tf.Tensor | null,
): Transformed {
  let value: tf.Tensor = tf.zerosLike(noise);
  let logDerivative: tf.Tensor = tf.zeros([noise.shape[0]!, 1]);
  for (let pass = 0; pass < size; pass++) {
    const step = network.step(value, parameters, context);
    value = stepForward(step, noise);
    logDerivative = tf.sum(step.logScale, 1, true);
  }
  return { value, logDerivative };
}

function maskedNetwork(size: number, contextSize: number, hidden: readonly number[]): MaskedNetwork {
  const degrees = [
    [...Array.from({ length: size }, (_, element) => element + 1), ...Array.from({ length: contextSize }, () => 0)],
    ...hidden.map((width) => Array.from({ length: width }, (_, unit) => unit % Math.max(size, 1))),
  ];
  const outputs = Array.from({ length: 2 * size }, (_, output) => output % size);
  const layers = [...degrees.slice(1), outputs];
  const masks = layers.map((to, k) => degrees[k]!.map((from) => to.map((degree) => Number(from <= degree))));
  const parameters: Parameters = {};
  layers.forEach((to, k) => {
    const sd = k + 1 < layers.length ? Math.sqrt(1 / degrees[k]!.length) : 0.01;
    parameters[`${k}.weight`] = normalParameter([degrees[k]!.length, to.length], sd);
    parameters[`${k}.bias`] = normalParameter([to.length], 0);
  });
  return {
    parameters,
    step(value, values, context) {
      let rows: tf.Tensor = context ? tf.concat([value, context], 1) : value;
      for (let k = 0; k < layers.length; k++) {
        const weight = tf.mul(values[`${k}.weight`]!, tf.tensor2d(masks[k]!));
        const output = tf.add(tf.matMul(rows as tf.Tensor2D, weight as tf.Tensor2D), values[`${k}.bias`]!);
        rows = k + 1 < layers.length ? tf.tanh(output) : output;
      }
      return affineStepOf(rows, size);
    },
  };
}
