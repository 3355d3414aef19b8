/**
 * Amortised, implicit mechanism (paper, Fig. 1) by adversarially learned inference (Dumoulin et al. 2017): x = G(ε, pa)
 * with ε ~ N(0, I) of `latent` numbers, and a deterministic encoder ε = E(x, pa) for abduction. A discriminator D sees
 * tuples (x, ε, pa): encoded ones, (x, E(x, pa), pa) of an observed x, and generated ones, (G(ε, pa), ε, pa) of a drawn
 * ε. Where it cannot tell them apart, G gives the conditional distribution and E inverts it. There is no density, and
 * forward of abduct is a reconstruction, not the value.
 *
 * What differs from the paper. Both tuples of a pair have the same parents, and D scores the pair by its difference
 * (relativistic pairing, Jolicoeur-Martineau 2019), with a penalty on the squared gradient of D at both tuples
 * (Mescheder et al. 2018; together: Huang et al. 2024). The gradient is taken along one random direction a row by a
 * finite difference, which is right in expectation and needs no second derivatives. Adversarial losses alone leave it
 * open which ε belongs to which x (ALICE, Li et al. 2017), so G and E also minimise `cycle` times the mean absolute
 * error of reconstructions; `cycle = 0` leaves it out. Layers of G and E are normalised, which keeps pixels from
 * saturating before D has learned anything.
 */
import { failure } from "../../../diagnostics/diagnostic.js";
import type { Tensors } from "../../tensors/core/engine.js";
import * as tf from "../../tensors/core/tfjs.js";
import { sizeOf } from "../bound/variables.js";
import { contextSize, encodeParents, type MechanismContext, widthsOf } from "../contract/context.js";
import { type Mechanism, type ParameterGroup, standard } from "../contract/mechanism.js";
import { workingSpace } from "../likelihoods/working-space.js";
import { beside } from "../networks/architectures/heads.js";
import { inferenceRun } from "../networks/layer.js";
import { linear, networkParameters, normalParameter, type Parameters } from "../networks/network.js";
import { layerNorm } from "../networks/normalisation.js";

/** Weight of the squared gradient, and the step of its finite difference, in the networks' units. */
const penaltyWeight = 1;
const penaltyStep = 0.05;
const leak = 0.2;
/** Losses that answer each other circle where the optimiser remembers more. */
const momentum = 0.5;

interface Shape {
  readonly size: number;
  readonly latent: number;
  readonly context: number;
  readonly widths: readonly number[];
}

function aliParameters({ size, latent, context, widths }: Shape): Parameters {
  const mapping = (name: string, inputs: number, hidden: readonly number[], outputs: number): Parameters => ({
    ...networkParameters(name, [inputs, ...hidden], { context }),
    ...Object.assign({}, ...hidden.map((width, k) => layerNorm(`${name}.${k}.norm`, width).parameters)),
    [`${name}.output.weight`]: normalParameter([hidden.at(-1)!, outputs], 1 / Math.sqrt(hidden.at(-1)!)),
    [`${name}.output.bias`]: normalParameter([outputs], 0),
  });
  return {
    ...mapping("generator", latent, [...widths].reverse(), size),
    ...mapping("encoder", size, widths, latent),
    ...networkParameters("discriminator", [size + latent, ...widths], { context }),
    // Only differences of scores count, so that there is no bias.
    "discriminator.output.weight": normalParameter([widths.at(-1)!, 1], 1 / Math.sqrt(widths.at(-1)!)),
  };
}

export function createAli({ variable, parents, options }: MechanismContext): Mechanism {
  const space = workingSpace("ali", variable, undefined);
  const size = sizeOf(variable.domain);
  const latent = Number(options.latent);
  const cycle = Number(options.cycle);
  const hidden = widthsOf(options.hidden);
  const widths = hidden.length > 0 ? hidden : [size];
  const parameters = aliParameters({ size, latent, context: contextSize(parents), widths });
  const under = (...networks: string[]) =>
    Object.keys(parameters).filter((name) => networks.some((network) => name.startsWith(`${network}.`)));

  /** The generator's or the encoder's output; every layer sees the parents. */
  function mapping(name: "generator" | "encoder", given: Tensors, input: tf.Tensor, parentValues: Tensors): tf.Tensor {
    const context = encodeParents(parents, parentValues);
    const layers = name === "generator" ? [...widths].reverse() : widths;
    const features = layers.reduce((seen, width, k) => {
      const sum = linear(given, `${name}.${k}`, beside(seen, context));
      return tf.relu(layerNorm(`${name}.${k}.norm`, width).apply(inferenceRun(given), sum));
    }, input);
    return linear(given, `${name}.output`, features);
  }

  /** D of a tuple: `[batch, 1]`. */
  function score(given: Tensors, tuple: tf.Tensor, parentValues: Tensors): tf.Tensor {
    const context = encodeParents(parents, parentValues);
    const features = widths.reduce((seen, _, k) => {
      const sum = linear(given, `discriminator.${k}`, beside(seen, context));
      return tf.leakyRelu(sum, leak);
    }, tuple);
    return tf.matMul(features as tf.Tensor2D, given["discriminator.output.weight"] as tf.Tensor2D);
  }

  /** In the networks' unit, like every x below. */
  function generate(given: Tensors, noise: tf.Tensor, parentValues: Tensors): tf.Tensor {
    return space.loc(mapping("generator", given, noise, parentValues));
  }

  function encode(given: Tensors, x: tf.Tensor, parentValues: Tensors): tf.Tensor {
    return mapping("encoder", given, x, parentValues);
  }

  /** The encoded and the generated tuple, x beside ε: `[batch, size + latent]` each. */
  function tuples(given: Tensors, value: tf.Tensor, parentValues: Tensors, draws: Tensors) {
    const x = space.encode(value);
    const encoded = tf.concat([x, encode(given, x, parentValues)], 1);
    const generated = tf.concat([generate(given, draws.latent!, parentValues), draws.latent!], 1);
    return { encoded, generated };
  }

  function discriminatorLoss(given: Tensors, value: tf.Tensor, parentValues: Tensors, draws: Tensors): tf.Tensor {
    const { encoded, generated } = tuples(given, value, parentValues, draws);
    const scores = [encoded, generated].map((tuple) => score(given, tuple, parentValues)) as [tf.Tensor, tf.Tensor];
    const penalties = [encoded, generated].map((tuple, k) => {
      const moved = score(given, tf.add(tuple, tf.mul(draws.direction!, penaltyStep)), parentValues);
      return tf.mean(tf.square(tf.div(tf.sub(moved, scores[k]!), penaltyStep)));
    });
    return tf.add(tf.mean(tf.softplus(tf.sub(scores[1], scores[0]))), tf.mul(tf.addN(penalties), 0.5 * penaltyWeight));
  }

  function generatorLoss(given: Tensors, value: tf.Tensor, parentValues: Tensors, draws: Tensors): tf.Tensor {
    const { encoded, generated } = tuples(given, value, parentValues, draws);
    const difference = tf.sub(score(given, encoded, parentValues), score(given, generated, parentValues));
    const adversarial = tf.mean(tf.softplus(difference));
    if (cycle === 0) return adversarial;
    return tf.add(adversarial, tf.mul(tf.mean(differences(given, value, parentValues)), cycle));
  }

  /** |x - G(E(x, pa), pa)| in the networks' unit: `[batch, size]`. */
  function differences(given: Tensors, value: tf.Tensor, parentValues: Tensors): tf.Tensor {
    const x = space.encode(value);
    return tf.abs(tf.sub(x, generate(given, encode(given, x, parentValues), parentValues)));
  }

  /** The mean over the elements, in the variable's unit: `[batch]`. */
  function reconstructionError(given: Tensors, value: tf.Tensor, parentValues: Tensors): tf.Tensor {
    const again = generate(given, encode(given, space.encode(value), parentValues), parentValues);
    return tf.mean(tf.abs(tf.sub(value, space.fromSpace(again))), 1);
  }

  const groups: readonly ParameterGroup[] = [
    { name: "discriminator", parameters: under("discriminator"), loss: discriminatorLoss },
    { name: "generator and encoder", parameters: under("generator", "encoder"), loss: generatorLoss },
  ];
  return {
    variable: variable.name,
    kind: "ali",
    abduction: "implicit",
    density: "none",
    parameters,
    noises: { noise: { size: latent, distribution: "normal", parameters: standard } },
    draws: {},
    trainingDraws: {
      latent: { size: latent, distribution: "normal", parameters: standard },
      direction: { size: size + latent, distribution: "normal", parameters: standard },
    },
    forward: (given, noise, parentValues) => space.fromSpace(generate(given, noise.noise!, parentValues)),
    abduct: (given, value, parentValues) => ({ noise: encode(given, space.encode(value), parentValues) }),
    logProbability() {
      throw failure("7016", "model", `\`${variable.name}\` has no density: ali is an implicit mechanism`);
    },
    loss: generatorLoss,
    groups,
    finetune: {
      name: "encoder",
      parameters: under("encoder"),
      loss: (given, value, parentValues) => tf.mean(differences(given, value, parentValues)),
    },
    heldOutLoss: reconstructionError,
    momentum,
  };
}
