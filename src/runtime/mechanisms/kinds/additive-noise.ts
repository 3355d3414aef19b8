/**
 * Additive noise in unconstrained space: x = d(m + s (f(pa) + exp(σ) ε)), ε ~ N(0, 1), where d is the domain's bijector
 * from the real line and m, s the training mean and standard deviation there. σ is one number for all parents: the
 * noise has the same spread everywhere, which is what sets these mechanisms apart from an affine flow. Exact abduction
 * and density.
 */

import { unsupportedDomain } from "../../../model/catalogue/unsupported-domain.js";
import type { Tensors } from "../../tensors/core/engine.js";
import * as tf from "../../tensors/core/tfjs.js";
import {
  type BoundVariable,
  fromUnconstrained,
  logDerivativeToUnconstrained,
  toUnconstrained,
} from "../bound/variables.js";
import { createNormalForm } from "../closed-fits/normal-form.js";
import { type Mechanism, standard } from "../contract/mechanism.js";
import type { Conditioner } from "../networks/conditioner.js";
import { constantParameter } from "../networks/network.js";

const logSqrtTwoPi = 0.5 * Math.log(2 * Math.PI);
/** As for the affine bijector: exp must not overflow downstream. */
const largestLogScale = 10;

/** `mean` gives f(pa), `[batch or 1, 1]`, in units of the training standard deviation. */
export function createAdditiveNoise(
  kind: string,
  variable: BoundVariable,
  parents: readonly BoundVariable[],
  mean: Conditioner,
): Mechanism {
  const { domain, normalisation } = variable;
  if ((domain.kind !== "real" && domain.kind !== "positive" && domain.kind !== "interval") || !normalisation)
    throw unsupportedDomain(kind, variable, "real, positive and interval");
  const { mean: shift, sd } = normalisation;
  const logScaleOf = (parameters: Tensors) =>
    tf.clipByValue(tf.reshape(parameters.log_scale!, [1, 1]), -largestLogScale, largestLogScale);

  function noiseOf(parameters: Tensors, real: tf.Tensor, parentValues: Tensors): tf.Tensor {
    const standardised = tf.div(tf.sub(real, shift), sd);
    const residual = tf.sub(standardised, mean.theta(parameters, parentValues));
    return tf.mul(residual, tf.exp(tf.neg(logScaleOf(parameters))));
  }

  function logProbability(parameters: Tensors, value: tf.Tensor, parentValues: Tensors): tf.Tensor {
    const real = toUnconstrained(variable, value);
    const noise = noiseOf(parameters, real, parentValues);
    const base = tf.sub(tf.mul(tf.square(noise), -0.5), logSqrtTwoPi + Math.log(sd));
    const logDerivative = tf.sub(logDerivativeToUnconstrained(variable, real), logScaleOf(parameters));
    return tf.reshape(tf.add(base, logDerivative), [-1]);
  }

  return {
    variable: variable.name,
    kind,
    abduction: "exact",
    density: "exact",
    parameters: { ...mean.parameters, log_scale: constantParameter([0]) },
    noises: { noise: { size: 1, distribution: "normal", parameters: standard } },
    draws: {},
    forward(parameters, noise, parentValues) {
      const scaled = tf.mul(noise.noise!, tf.exp(logScaleOf(parameters)));
      const standardised = tf.add(mean.theta(parameters, parentValues), scaled);
      return fromUnconstrained(variable, tf.add(tf.mul(standardised, sd), shift));
    },
    abduct: (parameters, value, parentValues) => ({
      noise: noiseOf(parameters, toUnconstrained(variable, value), parentValues),
    }),
    logProbability,
    closedForm: createNormalForm(variable, parents, mean, largestLogScale),
    loss: (parameters, value, parentValues) => tf.neg(tf.mean(logProbability(parameters, value, parentValues))),
  };
}
