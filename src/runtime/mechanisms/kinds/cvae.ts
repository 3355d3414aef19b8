/**
 * Conditional variational auto-encoder (paper, Eqs. 2 to 6): z ~ N(0, I), u of independent standard elements, and x =
 * T(loc(z, pa) + A(z, pa) u), where T leads from the working space to the variable's unit and A is invertible, or has
 * factors beside u. The encoder q(z | x, pa) is a diagonal normal; abduction is amortised for z and exact for the rest
 * given z. Log-probabilities are the ELBO, with the KL term in closed form, averaged over the draws of a row, per unit
 * of x.
 *
 * Networks are those of `architectures/`, T and A those of `likelihoods/`. By default, and unlike in the paper, the
 * networks are fully connected, pixels are logistic and their scale is learned for each pixel and image. The paper's
 * model is `architecture = convolutional, likelihood = normal, scale = fixed, pixels = realnvp`.
 */
import type { Tensors } from "../../tensors/core/engine.js";
import * as tf from "../../tensors/core/tfjs.js";
import { sizeOf } from "../bound/variables.js";
import {
  contextSize,
  encodeParents,
  imageOf,
  type MechanismContext,
  meanOverParticles,
  repeatRows,
} from "../contract/context.js";
import { type DrawSpec, type Mechanism, standard } from "../contract/mechanism.js";
import { createLikelihood } from "../likelihoods/likelihood.js";
import { cellMargin, workingSpace } from "../likelihoods/working-space.js";
import { architectureOf } from "../networks/architectures/registry.js";
import { inferenceRun, type NetworkRun } from "../networks/layer.js";
import { linear, normalParameter } from "../networks/network.js";
import { requireFittingOptions } from "./bound-options.js";

/** A posterior's log-variance stays within ±10. */
const logVarianceLimit = 10;
/** Up to here it is the network's output itself. */
const logVarianceKnee = 6;

interface Posterior {
  readonly mean: tf.Tensor;
  readonly logVariance: tf.Tensor;
}

export function createCvae(mechanismContext: MechanismContext): Mechanism {
  requireFittingOptions("cvae", mechanismContext);
  const { variable, parents, options } = mechanismContext;
  const space = workingSpace("cvae", variable, options.pixels as string | undefined);
  const size = sizeOf(variable.domain);
  const latent = Number(options.latent);
  const likelihood = createLikelihood(space, size, options);
  const { encoder, decoder } = architectureOf(
    { size, image: imageOf(variable.domain), latent, context: contextSize(parents), heads: likelihood.heads },
    options,
  );
  const normal: DrawSpec = { size: latent, distribution: "normal", parameters: standard };

  function posteriorOf(run: NetworkRun, value: tf.Tensor, context: tf.Tensor | null): Posterior {
    const features = encoder.encode(run, space.encode(value), context);
    const both = linear(run.tensors, "posterior", features);
    const mean = tf.slice(both, [0, 0], [-1, latent]);
    return { mean, logVariance: limited(tf.slice(both, [0, latent], [-1, latent])) };
  }

  function conditionalAt(run: NetworkRun, z: tf.Tensor, context: tf.Tensor | null) {
    const rows = z.shape[0]!;
    const seen = context && repeatRows(context, rows / context.shape[0]!);
    return likelihood.given(run.tensors, decoder.decode(run, z, seen));
  }

  /** What the bounds are made of: the posterior, z drawn from it, and log p(x | z, pa) for each draw. */
  function reconstruct(run: NetworkRun, value: tf.Tensor, parentValues: Tensors, draws: Tensors) {
    const context = encodeParents(parents, parentValues);
    const q = posteriorOf(run, value, context);
    const z = drawLatent(q, draws.posterior!);
    const mapped = space.toSpace(value, z.shape[0]!, draws);
    const density = conditionalAt(run, z, context).logDensity(mapped.value);
    return { q, z, reconstruction: tf.add(density, mapped.logDerivative) };
  }

  function bound(run: NetworkRun, value: tf.Tensor, parentValues: Tensors, draws: Tensors): tf.Tensor {
    const { q, z, reconstruction } = reconstruct(run, value, parentValues, draws);
    const particles = z.shape[0]! / value.shape[0]!;
    const average = tf.reshape(meanOverParticles(tf.reshape(reconstruction, [-1, 1]), particles), [-1]);
    return tf.sub(average, divergenceOf(q));
  }

  return {
    variable: variable.name,
    kind: "cvae",
    abduction: "amortised",
    density: "bound",
    parameters: {
      ...encoder.parameters,
      "posterior.weight": normalParameter([encoder.features, 2 * latent], 0.5 / Math.sqrt(encoder.features)),
      "posterior.bias": normalParameter([2 * latent], 0),
      ...decoder.parameters,
      ...likelihood.parameters,
    },
    buffers: { ...encoder.buffers, ...decoder.buffers },
    noises: { z: normal, ...likelihood.noises },
    draws: { posterior: normal, ...space.draws, ...likelihood.draws },
    forward(parameters, noise, parentValues) {
      const conditional = conditionalAt(inferenceRun(parameters), noise.z!, encodeParents(parents, parentValues));
      return space.fromSpace(conditional.colour(noise));
    },
    abduct(parameters, value, parentValues, draws) {
      const run = inferenceRun(parameters);
      const context = encodeParents(parents, parentValues);
      const z = drawLatent(posteriorOf(run, value, context), draws.posterior!);
      const mapped = space.toSpace(value, z.shape[0]!, draws, cellMargin);
      return { z, ...conditionalAt(run, z, context).whiten(mapped.value, draws) };
    },
    logProbability: (parameters, value, parentValues, draws) =>
      bound(inferenceRun(parameters), value, parentValues, draws),
    /** Where the bound takes log p(z) - log q(z | x, pa) in expectation, this has them at the drawn z. */
    logWeight(parameters, value, parentValues, draws, statistics) {
      const run: NetworkRun = { tensors: parameters, statistics: statistics ?? null };
      const { q, z, reconstruction } = reconstruct(run, value, parentValues, draws);
      const logVariance = repeatRows(q.logVariance, z.shape[0]! / value.shape[0]!);
      const prior = tf.mul(tf.square(z), -0.5);
      const proposal = tf.mul(tf.add(tf.square(draws.posterior!), logVariance), -0.5);
      return tf.add(reconstruction, tf.sum(tf.sub(prior, proposal), 1));
    },
    loss(parameters, value, parentValues, draws, statistics = {}) {
      return tf.neg(tf.mean(bound({ tensors: parameters, statistics }, value, parentValues, draws)));
    },
  };
}

/** The identity up to the knee, then bent towards the limit, so that a gradient remains everywhere. */
function limited(raw: tf.Tensor): tf.Tensor {
  const inner = tf.clipByValue(raw, -logVarianceKnee, logVarianceKnee);
  const room = logVarianceLimit - logVarianceKnee;
  return tf.add(inner, tf.mul(tf.tanh(tf.div(tf.sub(raw, inner), room)), room));
}

/** z = mean + sd ∘ draw, the rows of the posterior repeated for several draws. */
function drawLatent({ mean, logVariance }: Posterior, draw: tf.Tensor): tf.Tensor {
  const particles = draw.shape[0]! / mean.shape[0]!;
  const sd = repeatRows(tf.exp(tf.mul(logVariance, 0.5)), particles);
  return tf.add(repeatRows(mean, particles), tf.mul(sd, draw));
}

/** KL(q ‖ N(0, I)), `[batch]`. */
function divergenceOf({ mean, logVariance }: Posterior): tf.Tensor {
  const terms = tf.sub(tf.add(tf.exp(logVariance), tf.square(mean)), tf.add(logVariance, 1));
  return tf.mul(0.5, tf.sum(terms, 1));
}
