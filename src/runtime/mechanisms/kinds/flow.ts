/**
 * Conditional normalising flow for a scalar (paper, Eq. 1): x = d(m + s · T(ε; θ(pa))), ε ~ N(0, 1), where d is the
 * domain's bijector from the real line, m and s the training mean and standard deviation in unconstrained space, and T
 * the listed transforms from noise to value, their θ from the conditioner.
 *
 * Real, positive, interval: exact abduction and density, here. Ordinal and count: `discretised-flow.ts`. Vectors:
 * `vector-flow.ts`. Images: `image-flow.ts`. Training starts at the identity, that is, at a normal density in
 * unconstrained space with the data's moments.
 */

import { unsupportedDomain } from "../../../model/catalogue/unsupported-domain.js";
import type { Tensors } from "../../tensors/core/engine.js";
import * as tf from "../../tensors/core/tfjs.js";
import { fromUnconstrained, logDerivativeToUnconstrained, toUnconstrained } from "../bound/variables.js";
import { type MechanismContext, widthsOf } from "../contract/context.js";
import { type Mechanism, standard } from "../contract/mechanism.js";
import { createConditioner } from "../networks/conditioner.js";
import { transformsOf } from "../transforms/registry.js";
import { createDiscretisedFlow, isLattice } from "./discretised-flow.js";
import { createImageFlow } from "./image-flow.js";
import { createSplitTheta, inverseThrough, valueThrough } from "./transform-chain.js";
import { createVectorFlow } from "./vector-flow.js";

const logSqrtTwoPi = 0.5 * Math.log(2 * Math.PI);

export function createFlow(context: MechanismContext): Mechanism {
  const { domain } = context.variable;
  if (isLattice(domain)) return createDiscretisedFlow(context);
  if (domain.kind === "vector") return createVectorFlow(context);
  if (domain.kind === "image") return createImageFlow(context);
  return createScalarFlow(context);
}

function createScalarFlow({ variable, parents, options }: MechanismContext): Mechanism {
  const { domain, normalisation } = variable;
  if ((domain.kind !== "real" && domain.kind !== "positive" && domain.kind !== "interval") || !normalisation)
    throw unsupportedDomain("flow", variable, "real, positive, interval, ordinal, count, vector and image");
  const { mean, sd } = normalisation;
  const transforms = transformsOf(options.transform, variable.name);
  const conditioner = createConditioner(
    parents,
    widthsOf(options.hidden),
    transforms.flatMap(({ identity }) => identity),
  );
  const split = createSplitTheta(transforms);
  const thetasOf = (parameters: Tensors, parentValues: Tensors) => split(conditioner.theta(parameters, parentValues));

  function logProbability(parameters: Tensors, value: tf.Tensor, parentValues: Tensors): tf.Tensor {
    const real = toUnconstrained(variable, value);
    const standardised = tf.div(tf.sub(real, mean), sd);
    const inverse = inverseThrough(transforms, thetasOf(parameters, parentValues), standardised);
    const base = tf.sub(tf.mul(tf.square(inverse.value), -0.5), logSqrtTwoPi + Math.log(sd));
    const logDerivative = tf.add(logDerivativeToUnconstrained(variable, real), inverse.logDerivative);
    return tf.reshape(tf.add(base, logDerivative), [-1]);
  }

  return {
    variable: variable.name,
    kind: "flow",
    abduction: "exact",
    density: "exact",
    parameters: conditioner.parameters,
    noises: { noise: { size: 1, distribution: "normal", parameters: standard } },
    draws: {},
    forward(parameters, noise, parentValues) {
      const standardised = valueThrough(transforms, thetasOf(parameters, parentValues), noise.noise!);
      return fromUnconstrained(variable, tf.add(tf.mul(standardised, sd), mean));
    },
    abduct(parameters, value, parentValues) {
      const standardised = tf.div(tf.sub(toUnconstrained(variable, value), mean), sd);
      return { noise: inverseThrough(transforms, thetasOf(parameters, parentValues), standardised).value };
    },
    logProbability,
    loss: (parameters, value, parentValues) => tf.neg(tf.mean(logProbability(parameters, value, parentValues))),
  };
}
