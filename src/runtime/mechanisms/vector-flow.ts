/**
 * Conditional flow of a vector: x = m + s · T(ε; pa), ε ~ N(0, I) in R^n, where m and s are the training mean and standard
 * deviation over all elements and T the listed transforms from noise to value: coupling or autoregressive layers, and scalar
 * transforms element by element. Exact abduction and density.
 */
import type { Tensors } from "../engine/engine.js";
import * as tf from "../engine/tfjs.js";
import { prefixed, under } from "../transforms/parameter-names.js";
import { vectorTransformsOf } from "../transforms/vector-registry.js";
import { contextSize, encodeParents, type MechanismContext, widthsOf } from "./context.js";
import { type Mechanism, standard } from "./mechanism.js";
import { unsupportedDomain } from "./unsupported-domain.js";

const logTwoPi = Math.log(2 * Math.PI);

export function createVectorFlow({ variable, parents, options }: MechanismContext): Mechanism {
  const { domain, normalisation } = variable;
  if (domain.kind !== "vector" || !normalisation) throw unsupportedDomain("flow", variable, "scalar and vector");
  const { mean, sd } = normalisation;
  const { size } = domain;
  const shape = { size, contextSize: contextSize(parents), hidden: widthsOf(options.hidden) };
  const transforms = vectorTransformsOf(options.transform, shape, variable.name);
  const part = (k: number) => `transform.${k}`;

  /** Noise `[batch, size]` and log|det dε/dx| `[batch, 1]`. */
  function invert(parameters: Tensors, value: tf.Tensor, parentValues: Tensors) {
    const context = encodeParents(parents, parentValues);
    let noise: tf.Tensor = tf.div(tf.sub(value, mean), sd);
    let logDerivative: tf.Tensor = tf.fill([value.shape[0]!, 1], -size * Math.log(sd));
    for (let k = transforms.length - 1; k >= 0; k--) {
      const step = transforms[k]!.inverse(noise, under(parameters, part(k)), context);
      noise = step.value;
      logDerivative = tf.add(logDerivative, step.logDerivative);
    }
    return { noise, logDerivative };
  }

  function logProbability(parameters: Tensors, value: tf.Tensor, parentValues: Tensors): tf.Tensor {
    const { noise, logDerivative } = invert(parameters, value, parentValues);
    const base = tf.sub(tf.mul(tf.sum(tf.square(noise), 1, true), -0.5), 0.5 * size * logTwoPi);
    return tf.reshape(tf.add(base, logDerivative), [-1]);
  }

  return {
    variable: variable.name,
    kind: "flow",
    abduction: "exact",
    density: "exact",
    parameters: Object.assign({}, ...transforms.map((transform, k) => prefixed(transform.parameters, part(k)))),
    noises: { noise: { size, distribution: "normal", parameters: standard } },
    draws: {},
    forward(parameters, noise, parentValues) {
      const context = encodeParents(parents, parentValues);
      const standardised = transforms.reduce(
        (u, transform, k) => transform.forward(u, under(parameters, part(k)), context).value,
        noise.noise!,
      );
      return tf.add(tf.mul(standardised, sd), mean);
    },
    abduct: (parameters, value, parentValues) => ({ noise: invert(parameters, value, parentValues).noise }),
    logProbability,
    loss: (parameters, value, parentValues) => tf.neg(tf.mean(logProbability(parameters, value, parentValues))),
  };
}
