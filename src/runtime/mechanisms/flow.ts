/**
 * Conditional normalising flow for a scalar (paper, Eq. 1): x = d(m + s · T(ε; θ(pa))), ε ~ N(0, 1), where d is the domain's
 * bijector from the real line, m and s the training mean and standard deviation in unconstrained space, and T the listed
 * transforms from noise to value. A root has one learned θ; with parents, θ comes from a network of their encodings: a
 * tanh network beside a linear map, so that outside the training range of the parents the flow continues linearly.
 *
 * Domains: real, positive, interval. Exact abduction and density. Training starts at the identity, that is, at a normal
 * density in unconstrained space with the data's own moments.
 */
import { failure } from "../../diagnostics/diagnostic.js";
import type { Tensors } from "../engine/engine.js";
import * as tf from "../engine/tfjs.js";
import { transformsOf } from "../transforms/registry.js";
import type { Transform } from "../transforms/transform.js";
import { fromUnconstrained, logDerivativeToUnconstrained, toUnconstrained } from "../variables.js";
import { contextSize, encodeParents, type MechanismContext, widthsOf } from "./context.js";
import { type Mechanism, standard } from "./mechanism.js";
import {
  constantParameter,
  hiddenLayers,
  linear,
  networkParameters,
  normalParameter,
  type Parameters,
} from "./network.js";

const logSqrtTwoPi = 0.5 * Math.log(2 * Math.PI);

function flowParameters(context: MechanismContext, transforms: readonly Transform[]): Parameters {
  const identity = transforms.flatMap((transform) => transform.identity);
  const inputs = contextSize(context.parents);
  if (inputs === 0) return { theta: constantParameter(identity) };
  const hidden = widthsOf(context.options.hidden);
  return {
    ...networkParameters("conditioner", [inputs, ...hidden], { gain: 1 }),
    "output.weight": normalParameter([hidden.at(-1) ?? inputs, identity.length], 0.01),
    "output.bias": constantParameter(identity),
    // No bias of its own: `output.bias` serves both.
    "skip.weight": normalParameter([inputs, identity.length], 0),
  };
}

export function createFlow(context: MechanismContext): Mechanism {
  const { variable, parents } = context;
  const { domain, normalisation } = variable;
  if ((domain.kind !== "real" && domain.kind !== "positive" && domain.kind !== "interval") || !normalisation)
    throw failure(
      "7014",
      "model",
      `flow of \`${variable.name}\`: the domain ${domain.kind} cannot be fitted by this version`,
      "Flows run on real, positive and interval variables.",
    );
  const { mean, sd } = normalisation;
  const transforms = transformsOf(context.options.transform, variable.name);
  const layers = widthsOf(context.options.hidden).length;

  /** θ of each transform, `[batch or 1, parameterCount]`. */
  function conditioned(parameters: Tensors, parentValues: Tensors): tf.Tensor[] {
    const encoded = encodeParents(parents, parentValues);
    const all = encoded
      ? tf.add(
          linear(parameters, "output", hiddenLayers(parameters, "conditioner", layers, "tanh", encoded)),
          tf.matMul(encoded as tf.Tensor2D, parameters["skip.weight"] as tf.Tensor2D),
        )
      : tf.reshape(parameters.theta!, [1, -1]);
    let start = 0;
    return transforms.map((transform) => {
      const theta = tf.slice(all, [0, start], [-1, transform.parameterCount]);
      start += transform.parameterCount;
      return theta;
    });
  }

  /** Noise and log|dε/dx|, both `[batch, 1]`. */
  function invert(parameters: Tensors, value: tf.Tensor, parentValues: Tensors) {
    const thetas = conditioned(parameters, parentValues);
    const real = toUnconstrained(domain, value);
    let noise = tf.div(tf.sub(real, mean), sd);
    let logDerivative = tf.sub(logDerivativeToUnconstrained(domain, real), Math.log(sd));
    for (let k = transforms.length - 1; k >= 0; k--) {
      const step = transforms[k]!.inverse(noise, thetas[k]!);
      noise = step.value;
      logDerivative = tf.add(logDerivative, step.logDerivative);
    }
    return { noise, logDerivative };
  }

  function logProbability(parameters: Tensors, value: tf.Tensor, parentValues: Tensors): tf.Tensor {
    const { noise, logDerivative } = invert(parameters, value, parentValues);
    const base = tf.sub(tf.mul(tf.square(noise), -0.5), logSqrtTwoPi);
    return tf.reshape(tf.add(base, logDerivative), [-1]);
  }

  return {
    variable: variable.name,
    kind: "flow",
    abduction: "exact",
    density: "exact",
    parameters: flowParameters(context, transforms),
    noises: { noise: { size: 1, distribution: "normal", parameters: standard } },
    draws: {},
    forward(parameters, noise, parentValues) {
      const thetas = conditioned(parameters, parentValues);
      const standard = transforms.reduce((u, transform, k) => transform.forward(u, thetas[k]!).value, noise.noise!);
      return fromUnconstrained(domain, tf.add(tf.mul(standard, sd), mean));
    },
    abduct: (parameters, value, parentValues) => ({ noise: invert(parameters, value, parentValues).noise }),
    logProbability,
    loss: (parameters, value, parentValues) => tf.neg(tf.mean(logProbability(parameters, value, parentValues))),
  };
}
