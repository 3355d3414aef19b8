/**
 * Conditional hierarchical variational auto-encoder: a ladder of latent variables z_L, …, z_1 above the low-level map
 * of the paper (Eqs. 3 and 4), which is `cvae`'s. The generative path runs down, every step seeing the parents:
 *
 *     z_L = ε_L,   z_l = μ_l(d_{l+1}) + σ_l(d_{l+1}) ∘ ε_l,
 *     d_L = relu(W_L (z_L, pa)),   d_l = d_{l+1} + relu(W_l (z_l, d_{l+1}, pa)),   x = T(loc(d_1) + A(d_1) u)
 *
 * with ε_l ~ N(0, I), so p(z_l | z_>l, pa) is a diagonal normal and the exogenous noise is (ε_1, …, ε_L, u). A
 * counterfactual keeps these and recomputes every z_l under the new parents.
 *
 * The posterior shares that path, as in the ladder VAE (Sønderby et al. 2016), and is stated relative to the prior, as
 * in NVAE (Vahdat & Kautz 2020): given what reads x upwards and d_{l+1}, ε_l is normal with mean Δμ_l and deviation
 * Δσ_l. So z_l | x has mean μ_l + σ_l Δμ_l and deviation σ_l Δσ_l, abduction needs no division, and the KL term of a
 * level, Σ (Δμ² + Δσ² - 1) / 2 - log Δσ, does not involve the prior.
 */
import type { Tensors } from "../../tensors/core/engine.js";
import * as tf from "../../tensors/core/tfjs.js";
import { sizeOf } from "../bound/variables.js";
import {
  contextSize,
  encodeParents,
  type MechanismContext,
  meanOverParticles,
  repeatRows,
  widthsOf,
} from "../contract/context.js";
import { type DrawSpec, type Mechanism, standard } from "../contract/mechanism.js";
import { type Conditional, createLikelihood } from "../likelihoods/likelihood.js";
import { cellMargin, workingSpace } from "../likelihoods/working-space.js";
import { applyHeads, beside, headParameters } from "../networks/architectures/heads.js";
import { inferenceRun } from "../networks/layer.js";
import { limited, linear, normalParameter, type Parameters } from "../networks/network.js";
import { requireFittingOptions } from "./bound-options.js";

/** A prior's log-deviation stays within ±2. */
const priorLimit = 2;
/** An abducted ε beyond 10, or a deviation above e times the prior's, is none that the model ever draws. */
const meanLimit = 10;
const largestLogSd = 1;

/** Mean and log-deviation of a diagonal normal, `[rows, latent]` each. */
interface Normal {
  readonly mean: tf.Tensor;
  readonly logSd: tf.Tensor;
}

interface Shape {
  readonly size: number;
  readonly latent: number;
  readonly context: number;
  /** Features at each level, the lowest first. */
  readonly widths: readonly number[];
}

function ladderParameters({ size, latent, context, widths }: Shape): Parameters {
  const top = widths.length;
  const parameters: Parameters = {};
  const layer = (name: string, inputs: number, outputs: number, sd = Math.sqrt(2 / inputs)) => {
    parameters[`${name}.weight`] = normalParameter([inputs, outputs], sd);
    parameters[`${name}.bias`] = normalParameter([outputs], 0);
  };
  for (let level = 1; level <= top; level++) {
    const width = widths[level - 1]!;
    layer(`up.${level}`, (level === 1 ? size : widths[level - 2]!) + context, width);
    const above = level < top ? widths[level]! : 0;
    if (level < top) {
      layer(`posterior.${level}.features`, width + above, width);
      layer(`prior.${level}`, above, 2 * latent, 0.1 / Math.sqrt(above));
      if (above !== width) layer(`down.${level}.skip`, above, width);
    }
    layer(`posterior.${level}`, width, 2 * latent, 0.5 / Math.sqrt(width));
    layer(`down.${level}`, latent + above + context, width);
  }
  return parameters;
}

/** Widths of all levels; the last of the list serves the levels beyond it. */
function levelWidths(hidden: readonly number[], levels: number, size: number): number[] {
  return Array.from({ length: levels }, (_, level) => hidden[Math.min(level, hidden.length - 1)] ?? size);
}

export function createHvae(mechanismContext: MechanismContext): Mechanism {
  requireFittingOptions("hvae", mechanismContext);
  const { variable, parents, options } = mechanismContext;
  const space = workingSpace("hvae", variable, options.pixels as string | undefined);
  const size = sizeOf(variable.domain);
  const likelihood = createLikelihood(space, size, options);
  const latent = Number(options.latent);
  const levels = Number(options.levels);
  const widths = levelWidths(widthsOf(options.hidden), levels, size);
  const names = widths.map((_, level) => `level${level + 1}`);
  const normals: Record<string, DrawSpec> = Object.fromEntries(
    names.map((name) => [name, { size: latent, distribution: "normal", parameters: standard }]),
  );

  function contextOf(parentValues: Tensors, rows: number): tf.Tensor | null {
    const encoded = encodeParents(parents, parentValues);
    return encoded && repeatRows(encoded, rows / encoded.shape[0]!);
  }

  /** The two halves of a linear layer. */
  function halves(parameters: Tensors, name: string, features: tf.Tensor): [tf.Tensor, tf.Tensor] {
    const both = linear(parameters, name, features);
    return [tf.slice(both, [0, 0], [-1, latent]), tf.slice(both, [0, latent], [-1, latent])];
  }

  function priorOf(parameters: Tensors, level: number, above: tf.Tensor): Normal {
    const [mean, raw] = halves(parameters, `prior.${level}`, above);
    return { mean, logSd: limited(raw, priorLimit) };
  }

  /** Of ε, smoothly below the limits, so that a gradient remains everywhere. */
  function posteriorAt(parameters: Tensors, level: number, up: tf.Tensor, above: tf.Tensor | null): Normal {
    const name = `posterior.${level}`;
    const features = above ? tf.relu(linear(parameters, `${name}.features`, beside(up, above))) : up;
    const [mean, raw] = halves(parameters, name, features);
    const logSd = tf.sub(largestLogSd, tf.softplus(tf.sub(largestLogSd, raw)));
    return { mean: limited(mean, meanLimit), logSd };
  }

  /** What reads x, the lowest level first: `[batch, width]` each. */
  function upward(parameters: Tensors, value: tf.Tensor, parentValues: Tensors): tf.Tensor[] {
    const context = contextOf(parentValues, value.shape[0]!);
    let features = space.encode(value);
    return widths.map((_, level) => {
      features = tf.relu(linear(parameters, `up.${level + 1}`, beside(features, context)));
      return features;
    });
  }

  /** From the top down. `noiseAt(level, above)` gives ε_level, where `above` is d_{level+1}, null at the top. */
  function downward(
    parameters: Tensors,
    parentValues: Tensors,
    rows: number,
    noiseAt: (level: number, above: tf.Tensor | null) => tf.Tensor,
  ): Conditional {
    const context = contextOf(parentValues, rows);
    let above: tf.Tensor | null = null;
    for (let level = levels; level >= 1; level--) {
      let z = noiseAt(level, above);
      if (above) {
        const prior = priorOf(parameters, level, above);
        z = tf.add(prior.mean, tf.mul(tf.exp(prior.logSd), z));
      }
      const seen = beside(beside(z, above), context);
      const step = tf.relu(linear(parameters, `down.${level}`, seen));
      above = above ? tf.add(skip(parameters, level, above), step) : step;
    }
    return likelihood.given(parameters, applyHeads(likelihood.heads, inferenceRun(parameters), above!));
  }

  function skip(parameters: Tensors, level: number, above: tf.Tensor): tf.Tensor {
    return widths[level] === widths[level - 1] ? above : linear(parameters, `down.${level}.skip`, above);
  }

  /** A draw from q(ε | x, pa) for each row of draws, and what the low-level map sees there. */
  function posterior(parameters: Tensors, value: tf.Tensor, parentValues: Tensors, draws: Tensors) {
    const rows = draws[names[0]!]!.shape[0]!;
    const seen = upward(parameters, value, parentValues).map((up) => repeatRows(up, rows / value.shape[0]!));
    const noise: Record<string, tf.Tensor> = {};
    const normals: Normal[] = [];
    const conditional = downward(parameters, parentValues, rows, (level, above) => {
      const normal = posteriorAt(parameters, level, seen[level - 1]!, above);
      normals.push(normal);
      const drawn = tf.add(normal.mean, tf.mul(tf.exp(normal.logSd), draws[names[level - 1]!]!));
      noise[names[level - 1]!] = drawn;
      return drawn;
    });
    return { noise, conditional, normals };
  }

  /** What the bounds are made of: the posterior's draws, and log p(x | ε, pa) at each of them. */
  function reconstruct(parameters: Tensors, value: tf.Tensor, parentValues: Tensors, draws: Tensors) {
    const { noise, conditional, normals } = posterior(parameters, value, parentValues, draws);
    const mapped = space.toSpace(value, noise[names[0]!]!.shape[0]!, draws);
    return { noise, normals, reconstruction: tf.add(conditional.logDensity(mapped.value), mapped.logDerivative) };
  }

  /** ELBO averaged over the draws per row, in nats per unit of the variable: `[batch]`. */
  function bound(parameters: Tensors, value: tf.Tensor, parentValues: Tensors, draws: Tensors): tf.Tensor {
    const { normals, reconstruction } = reconstruct(parameters, value, parentValues, draws);
    const perDraw = tf.reshape(tf.sub(reconstruction, tf.addN(normals.map(divergenceFromStandard))), [-1, 1]);
    return tf.reshape(meanOverParticles(perDraw, perDraw.shape[0]! / value.shape[0]!), [-1]);
  }

  /** log p(x | ε, pa) + log p(ε) - log q(ε | x, pa) at the drawn ε, where bound() takes the last two in expectation. */
  function logWeight(parameters: Tensors, value: tf.Tensor, parentValues: Tensors, draws: Tensors): tf.Tensor {
    const { noise, normals, reconstruction } = reconstruct(parameters, value, parentValues, draws);
    const logDeviations = tf.addN(normals.map(({ logSd }) => tf.sum(logSd, 1)));
    const squares = names.map((name) => tf.sum(tf.sub(tf.square(draws[name]!), tf.square(noise[name]!)), 1));
    return tf.add(reconstruction, tf.add(tf.mul(tf.addN(squares), 0.5), logDeviations));
  }

  return {
    variable: variable.name,
    kind: "hvae",
    abduction: "amortised",
    density: "bound",
    parameters: {
      ...ladderParameters({ size, latent, context: contextSize(parents), widths }),
      ...headParameters(likelihood.heads, widths[0]!, 1),
      ...likelihood.parameters,
    },
    noises: { ...normals, ...likelihood.noises },
    draws: { ...normals, ...space.draws, ...likelihood.draws },
    forward(parameters, noise, parentValues) {
      const rows = noise.u!.shape[0]!;
      const conditional = downward(parameters, parentValues, rows, (level) => noise[names[level - 1]!]!);
      return space.fromSpace(conditional.colour(noise));
    },
    abduct(parameters, value, parentValues, draws) {
      const { noise, conditional } = posterior(parameters, value, parentValues, draws);
      const mapped = space.toSpace(value, noise[names[0]!]!.shape[0]!, draws, cellMargin);
      return { ...noise, ...conditional.whiten(mapped.value, draws) };
    },
    logProbability: bound,
    logWeight,
    loss: (parameters, value, parentValues, draws) => tf.neg(tf.mean(bound(parameters, value, parentValues, draws))),
  };
}

/** KL(N(mean, sd²) ‖ N(0, 1)), summed over the elements of a row: `[rows]`. */
function divergenceFromStandard({ mean, logSd }: Normal): tf.Tensor {
  const twice = tf.sub(tf.add(tf.square(mean), tf.exp(tf.mul(logSd, 2))), tf.add(tf.mul(logSd, 2), 1));
  return tf.mul(tf.sum(twice, 1), 0.5);
}
