/**
 * Conditional variational auto-encoder (paper, Eqs. 2 to 6): z ~ N(0, I), u ~ a standard base distribution,
 * x = 255 (loc(z, pa) + scale(z, pa) ∘ u) for images. The encoder q(z | x, pa) is a diagonal normal; abduction is amortised
 * for z and exact for u given z. Log-probabilities are the ELBO, with the KL term in closed form, per unit of x.
 *
 * Encoder and decoder are fully connected and see the parents at every layer. Unlike the paper, the scale is learned per element and sample rather than fixed at
 * exp(-2.5) in logit space, with a floor of one grey level: x is recorded in 8 bits, and an unbounded density at the
 * pixels that are always black would swamp the rest.
 */
import { failure } from "../../diagnostics/diagnostic.js";
import type { Tensors } from "../engine/engine.js";
import * as tf from "../engine/tfjs.js";
import { sizeOf } from "../variables.js";
import {
  contextSize,
  encodeParents,
  type MechanismContext,
  meanOverParticles,
  repeatRows,
  widthsOf,
} from "./context.js";
import { type Likelihood, standardLogDensity } from "./likelihood.js";
import { type Mechanism, standard } from "./mechanism.js";
import {
  constantParameter,
  hiddenLayers,
  linear,
  networkParameters,
  normalParameter,
  type Parameters,
} from "./network.js";

const greyLevels = 255;
const scaleFloor = 1 / greyLevels;
/** The scale starts near 0.15, the spread of a pixel at a stroke's edge. */
const initialScale = 0.15;
const initialRawScale = Math.log(Math.expm1(Math.log(initialScale / scaleFloor)));
const posteriorLogVarianceLimit = 10;

interface Shape {
  readonly size: number;
  readonly latent: number;
  readonly context: number;
  readonly hidden: readonly number[];
}

function cvaeParameters({ size, latent, context, hidden }: Shape): Parameters {
  const widths = hidden.length > 0 ? hidden : [size];
  const decoderWidths = [...widths].reverse();
  const last = decoderWidths.at(-1)!;
  return {
    ...networkParameters("encoder", [size, ...widths], { context }),
    "posterior.weight": normalParameter([widths.at(-1)!, 2 * latent], 0.5 / Math.sqrt(widths.at(-1)!)),
    "posterior.bias": normalParameter([2 * latent], 0),
    ...networkParameters("decoder", [latent, ...decoderWidths], { context }),
    "loc.weight": normalParameter([last, size], 0.5 / Math.sqrt(last)),
    "loc.bias": normalParameter([size], 0),
    "scale.weight": normalParameter([last, size], 0.1 / Math.sqrt(last)),
    "scale.bias": constantParameter(Array.from({ length: size }, () => initialRawScale)),
  };
}

export function createCvae(mechanismContext: MechanismContext): Mechanism {
  const { variable, parents, options } = mechanismContext;
  if (variable.domain.kind !== "image")
    throw failure(
      "7014",
      "model",
      `cvae of \`${variable.name}\`: the domain ${variable.domain.kind} cannot be fitted by this version`,
      "cvae runs on image variables.",
    );
  const likelihood = options.likelihood as Likelihood;
  const latent = Number(options.latent);
  const hidden = widthsOf(options.hidden);
  const size = sizeOf(variable.domain);
  const shape: Shape = { size, latent, context: contextSize(parents), hidden };
  const layers = Math.max(hidden.length, 1);

  /** Hidden layers that see the parents' encodings beside the features at every layer. */
  function conditioned(parameters: Tensors, prefix: string, input: tf.Tensor, parentValues: Tensors): tf.Tensor {
    const encoded = encodeParents(parents, parentValues);
    const context = encoded && repeatRows(encoded, input.shape[0]! / encoded.shape[0]!);
    return hiddenLayers(parameters, prefix, layers, "relu", input, context);
  }

  /** Mean and log-variance of q(z | x, pa), `[batch, latent]` each. */
  function posterior(parameters: Tensors, value: tf.Tensor, parentValues: Tensors) {
    const features = conditioned(parameters, "encoder", tf.div(value, greyLevels), parentValues);
    const both = linear(parameters, "posterior", features);
    const mean = tf.slice(both, [0, 0], [-1, latent]);
    const limit = posteriorLogVarianceLimit;
    // Smooth limits, so that a gradient remains everywhere.
    const logVariance = tf.mul(tf.tanh(tf.div(tf.slice(both, [0, latent], [-1, latent]), limit)), limit);
    return { mean, logVariance };
  }

  /** loc in (0, 1) and log-scale of p(x | z, pa), `[rows, size]` each. */
  function decode(parameters: Tensors, z: tf.Tensor, parentValues: Tensors) {
    const features = conditioned(parameters, "decoder", z, parentValues);
    const loc = tf.sigmoid(linear(parameters, "loc", features));
    const logScale = tf.add(tf.softplus(linear(parameters, "scale", features)), Math.log(scaleFloor));
    return { loc, logScale };
  }

  function drawLatent(q: { mean: tf.Tensor; logVariance: tf.Tensor }, draw: tf.Tensor): tf.Tensor {
    const particles = draw.shape[0]! / q.mean.shape[0]!;
    const sd = repeatRows(tf.exp(tf.mul(q.logVariance, 0.5)), particles);
    return tf.add(repeatRows(q.mean, particles), tf.mul(sd, draw));
  }

  /** ELBO averaged over the draws per row, in nats per grey level: `[batch]`. */
  function bound(parameters: Tensors, value: tf.Tensor, parentValues: Tensors, draws: Tensors): tf.Tensor {
    const q = posterior(parameters, value, parentValues);
    const { loc, logScale } = decode(parameters, drawLatent(q, draws.posterior!), parentValues);
    const particles = draws.posterior!.shape[0]! / value.shape[0]!;
    const scaled = repeatRows(tf.div(value, greyLevels), particles);
    const u = tf.mul(tf.sub(scaled, loc), tf.exp(tf.neg(logScale)));
    const perDraw = tf.sum(tf.sub(standardLogDensity[likelihood](u), logScale), 1, true);
    const reconstruction = tf.reshape(meanOverParticles(perDraw, particles), [-1]);
    const divergence = tf.mul(
      0.5,
      tf.sum(tf.sub(tf.add(tf.exp(q.logVariance), tf.square(q.mean)), tf.add(q.logVariance, 1)), 1),
    );
    return tf.sub(tf.sub(reconstruction, size * Math.log(greyLevels)), divergence);
  }

  /** log p(x | z, pa) + log p(z) - log q(z | x, pa) at the drawn z, where bound() takes the last two in expectation. */
  function logWeight(parameters: Tensors, value: tf.Tensor, parentValues: Tensors, draws: Tensors): tf.Tensor {
    const q = posterior(parameters, value, parentValues);
    const z = drawLatent(q, draws.posterior!);
    const { loc, logScale } = decode(parameters, z, parentValues);
    const u = tf.mul(tf.sub(tf.div(value, greyLevels), loc), tf.exp(tf.neg(logScale)));
    const reconstruction = tf.sum(tf.sub(standardLogDensity[likelihood](u), logScale), 1);
    const prior = tf.mul(tf.square(z), -0.5);
    const proposal = tf.mul(tf.add(tf.square(draws.posterior!), q.logVariance), -0.5);
    const ratio = tf.sum(tf.sub(prior, proposal), 1);
    return tf.add(tf.sub(reconstruction, size * Math.log(greyLevels)), ratio);
  }

  return {
    variable: variable.name,
    kind: "cvae",
    abduction: "amortised",
    density: "bound",
    parameters: cvaeParameters(shape),
    noises: {
      z: { size: latent, distribution: "normal", parameters: standard },
      u: { size, distribution: likelihood, parameters: standard },
    },
    draws: { posterior: { size: latent, distribution: "normal", parameters: standard } },
    forward(parameters, noise, parentValues) {
      const { loc, logScale } = decode(parameters, noise.z!, parentValues);
      return tf.mul(tf.add(loc, tf.mul(tf.exp(logScale), noise.u!)), greyLevels);
    },
    abduct(parameters, value, parentValues, draws, particles) {
      const z = drawLatent(posterior(parameters, value, parentValues), draws.posterior!);
      const { loc, logScale } = decode(parameters, z, parentValues);
      const scaled = tf.div(repeatRows(value, particles), greyLevels);
      return { z, u: tf.mul(tf.sub(scaled, loc), tf.exp(tf.neg(logScale))) };
    },
    logProbability: bound,
    logWeight,
    loss: (parameters, value, parentValues, draws) => tf.neg(tf.mean(bound(parameters, value, parentValues, draws))),
  };
}
