/**
 * The parameters θ(pa) of a conditional mechanism: one learned vector for a root; with parents, a tanh network of their
 * encodings beside a linear map, so that outside the training range of the parents θ continues linearly. Training
 * starts at θ = `initial`, whatever the parents.
 */
import type { HostTensors, Tensors } from "../../tensors/core/engine.js";
import * as tf from "../../tensors/core/tfjs.js";
import type { BoundVariable } from "../bound/variables.js";
import { tensorOf } from "../contract/closed-form.js";
import { contextSize, encodeParents } from "../contract/context.js";
import { interpolatedLayer } from "./interpolation.js";
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
  /** Whether θ is affine in the encodings, so that `linear` reaches every θ that there is. */
  readonly isLinear: boolean;
  /**
   * The parameters that make θ = bias + encodings · weights, `[outputs]` and `[inputs, outputs]`; of a network nearly
   * so, since its last layer stays as `initial` has it.
   */
  linear(weights: ArrayLike<number>, bias: ArrayLike<number>, initial: HostTensors): HostTensors;
  /** What is wanted beside that at some encodings, by the network's last layer; `most` of them at once. */
  readonly interpolated?: {
    readonly most: number;
    of(
      parameters: HostTensors,
      contexts: readonly Float64Array[],
      wanted: readonly Float64Array[],
    ): HostTensors | undefined;
  };
}

export function createConditioner(
  parents: readonly BoundVariable[],
  hidden: readonly number[],
  initial: readonly number[],
): Conditioner {
  const inputs = contextSize(parents);
  const outputs = initial.length;
  const { parameters, theta } = createContextConditioner(inputs, hidden, initial);
  const isLinear = inputs === 0 || hidden.length === 0;
  return {
    parameters,
    theta: (values, parentValues) => theta(values, encodeParents(parents, parentValues)),
    isLinear,
    linear(weights, bias) {
      if (inputs === 0) return { theta: tensorOf([outputs], bias) };
      const skip = { "skip.weight": tensorOf([inputs, outputs], weights), "output.bias": tensorOf([outputs], bias) };
      const none = new Float32Array(inputs * outputs);
      return hidden.length > 0 ? skip : { ...skip, "output.weight": tensorOf([inputs, outputs], none) };
    },
    ...(isLinear
      ? {}
      : {
          interpolated: {
            most: hidden.at(-1)!,
            of: (given, contexts, wanted) => interpolatedLayer(given, hidden.length, contexts, wanted),
          },
        }),
  };
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
  const outputs = initial.length;
  if (inputs === 0)
    return {
      parameters: { bias },
      theta: (parameters) => tf.reshape(parameters.bias!, [1, -1]),
      isLinear: true,
      linear: (_, values) => ({ bias: tensorOf([outputs], values) }),
    };
  return {
    isLinear: true,
    linear: (weights, values) => ({
      weight: tensorOf([inputs, outputs], weights),
      bias: tensorOf([outputs], values),
    }),
    parameters: { weight: normalParameter([inputs, initial.length], 0), bias },
    theta: (parameters, parentValues) =>
      tf.add(
        tf.matMul(encodeParents(parents, parentValues) as tf.Tensor2D, parameters.weight as tf.Tensor2D),
        parameters.bias!,
      ),
  };
}
