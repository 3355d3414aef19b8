/**
 * Conditional flow of a vector: x = m + s · T(ε; pa), ε ~ N(0, I) in R^n, where m and s are the training mean and
 * standard deviation over all elements and T the listed transforms from noise to value: coupling or autoregressive
 * layers, and scalar transforms element by element. Exact abduction and density.
 */

import { unsupportedDomain } from "../../../model/catalogue/unsupported-domain.js";
import type { Tensors } from "../../tensors/core/engine.js";
import * as tf from "../../tensors/core/tfjs.js";
import { contextSize, encodeParents, type MechanismContext, widthsOf } from "../contract/context.js";
import { type Mechanism, standard } from "../contract/mechanism.js";
import { vectorTransformsOf } from "../transforms/vector-registry.js";
import { createVectorChain } from "./vector-chain.js";

export function createVectorFlow({ variable, parents, options }: MechanismContext): Mechanism {
  const { domain, normalisation } = variable;
  if (domain.kind !== "vector" || !normalisation) throw unsupportedDomain("flow", variable, "scalar, vector and image");
  const { mean, sd } = normalisation;
  const { size } = domain;
  const shape = { size, contextSize: contextSize(parents), hidden: widthsOf(options.hidden), image: null };
  const chain = createVectorChain(vectorTransformsOf(options.transform, shape, variable.name));
  const standardised = (value: tf.Tensor) => tf.div(tf.sub(value, mean), sd);

  function logProbability(parameters: Tensors, value: tf.Tensor, parentValues: Tensors): tf.Tensor {
    const logDensity = chain.logDensity(standardised(value), parameters, encodeParents(parents, parentValues));
    return tf.reshape(tf.sub(logDensity, size * Math.log(sd)), [-1]);
  }

  return {
    variable: variable.name,
    kind: "flow",
    abduction: "exact",
    density: "exact",
    parameters: chain.parameters,
    noises: { noise: { size, distribution: "normal", parameters: standard } },
    draws: {},
    forward: (parameters, noise, parentValues) =>
      tf.add(tf.mul(chain.valueOf(noise.noise!, parameters, encodeParents(parents, parentValues)), sd), mean),
    abduct: (parameters, value, parentValues) => ({
      noise: chain.noiseOf(standardised(value), parameters, encodeParents(parents, parentValues)).value,
    }),
    logProbability,
    loss: (parameters, value, parentValues) => tf.neg(tf.mean(logProbability(parameters, value, parentValues))),
  };
}
