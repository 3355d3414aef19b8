/**
 * The parameters θ(pa) of a conditional mechanism: one learned vector for a root; with parents, a tanh network of their
 * encodings beside a linear map, so that outside the training range of the parents θ continues linearly. Training starts at
 * θ = `initial`, whatever the parents.
 */
import type { Tensors } from "../engine/engine.js";
import * as tf from "../engine/tfjs.js";
import type { BoundVariable } from "../variables.js";
import { contextSize, encodeParents } from "./context.js";
import {
  constantParameter,
  hiddenLayers,
  linear,
  networkParameters,
  normalParameter,
  type Parameters,
} from "./network.js";

export interface Conditioner {
  readonly parameters: Parameters;
  /** θ, `[batch, initial.length]`, or `[1, initial.length]` for a root. */
  theta(parameters: Tensors, parentValues: Tensors): tf.Tensor;
}

export function createConditioner(
  parents: readonly BoundVariable[],
  hidden: readonly number[],
  initial: readonly number[],
): Conditioner {
  const { parameters, theta } = createContextConditioner(contextSize(parents), hidden, initial);
  return { parameters, theta: (values, parentValues) => theta(values, encodeParents(parents, parentValues)) };
}

/** The same from an encoded context `[batch, inputs]`, null where `inputs` is 0. */
export function createContextConditioner(inputs: number, hidden: readonly number[], initial: readonly number[]) {
  if (inputs === 0)
    return {
      parameters: { theta: constantParameter(initial) } as Parameters,
      theta: (parameters: Tensors, _context: tf.Tensor | null) => tf.reshape(parameters.theta!, [1, -1]),
    };
  const parameters: Parameters = {
    ...networkParameters("conditioner", [inputs, ...hidden], { gain: 1 }),
    "output.weight": normalParameter([hidden.at(-1) ?? inputs, initial.length], 0.01),
    "output.bias": constantParameter(initial),
    // No bias of its own: `output.bias` serves both.
    "skip.weight": normalParameter([inputs, initial.length], 0),
  };
  return {
    parameters,
    theta(values: Tensors, context: tf.Tensor | null): tf.Tensor {
      const curved = linear(values, "output", hiddenLayers(values, "conditioner", hidden.length, "tanh", context!));
      return tf.add(curved, tf.matMul(context as tf.Tensor2D, values["skip.weight"] as tf.Tensor2D));
    },
  };
}

/** θ as a linear map of the parents' encodings: `weight` and `bias`, the bias alone for a root. */
export function createLinearConditioner(parents: readonly BoundVariable[], initial: readonly number[]): Conditioner {
  const inputs = contextSize(parents);
  const bias = constantParameter(initial);
  if (inputs === 0) return { parameters: { bias }, theta: (parameters) => tf.reshape(parameters.bias!, [1, -1]) };
  return {
    parameters: { weight: normalParameter([inputs, initial.length], 0), bias },
    theta: (parameters, parentValues) =>
      tf.add(
        tf.matMul(encodeParents(parents, parentValues) as tf.Tensor2D, parameters.weight as tf.Tensor2D),
        parameters.bias!,
      ),
  };
}
