/**
 * Conditional flow of an image of 8 bits: x = ⌊T(ε; pa)⌋ in 0 … 255, ε ~ N(0, I), where T is the listed transforms from
 * noise to grey levels, the last of them the map from the real line to [0, 256).
 *
 * A recorded grey level x stands for all v in [x, x + 1). Abduction draws v there uniformly (dequantisation; a draw for
 * each particle), and recovers ε from v exactly; since ε determines v, prediction with it returns x exactly, and under
 * an intervention the place within the grey level is kept with the rest of the noise. The uniform draw is the posterior
 * of v only where the density does not vary within a level, and levels 0 and 255 also stand for what T sends beyond
 * them: abduction is approximate in this one respect. log p(x | pa), the log-mass of the cells, is at least E log p(v |
 * pa), of which `logProbability` is a one-draw estimate (Theis, van den Oord & Bethge 2016).
 */

import { unsupportedDomain } from "../../../model/catalogue/unsupported-domain.js";
import type { Tensors } from "../../tensors/core/engine.js";
import * as tf from "../../tensors/core/tfjs.js";
import { sizeOf } from "../bound/variables.js";
import { contextSize, encodeParents, type MechanismContext, repeatRows, widthsOf } from "../contract/context.js";
import { type Mechanism, standard } from "../contract/mechanism.js";
import { vectorTransformsOf } from "../transforms/vector-registry.js";
import { createVectorChain } from "./vector-chain.js";

const lastLevel = 255;
/**
 * An abducted v keeps this distance from the ends of its grey level, more than the flow's two passes lose to rounding.
 */
const margin = 2 ** -7;

export function createImageFlow({ variable, parents, options }: MechanismContext): Mechanism {
  const { domain } = variable;
  if (domain.kind !== "image" || domain.height === null || domain.width === null)
    throw unsupportedDomain("flow", variable, "scalar, vector and image");
  const size = sizeOf(domain);
  const image = { height: domain.height, width: domain.width, channels: domain.channels };
  const shape = { size, contextSize: contextSize(parents), hidden: widthsOf(options.hidden), image };
  const chain = createVectorChain(vectorTransformsOf(options.transform, shape, variable.name));

  function logProbability(parameters: Tensors, value: tf.Tensor, parentValues: Tensors, draws: Tensors): tf.Tensor {
    const level = tf.add(value, draws.dequantisation!);
    return tf.reshape(chain.logDensity(level, parameters, encodeParents(parents, parentValues)), [-1]);
  }

  return {
    variable: variable.name,
    kind: "flow",
    abduction: "amortised",
    density: "bound",
    parameters: chain.parameters,
    noises: { noise: { size, distribution: "normal", parameters: standard } },
    draws: { dequantisation: { size, distribution: "uniform", parameters: standard } },
    forward(parameters, noise, parentValues) {
      const level = chain.valueOf(noise.noise!, parameters, encodeParents(parents, parentValues));
      return tf.clipByValue(tf.floor(level), 0, lastLevel);
    },
    abduct(parameters, value, parentValues, draws, particles) {
      const context = encodeParents(parents, parentValues);
      const place = tf.add(tf.mul(draws.dequantisation!, 1 - 2 * margin), margin);
      const level = tf.add(repeatRows(value, particles), place);
      return { noise: chain.noiseOf(level, parameters, context && repeatRows(context, particles)).value };
    },
    logProbability,
    loss: (parameters, value, parentValues, draws) =>
      tf.neg(tf.mean(logProbability(parameters, value, parentValues, draws))),
    ...(chain.initialise
      ? {
          initialise: (parameters: Tensors, value: tf.Tensor, parentValues: Tensors, draws: Tensors) =>
            chain.initialise!(tf.add(value, draws.dequantisation!), parameters, encodeParents(parents, parentValues)),
        }
      : {}),
  };
}
