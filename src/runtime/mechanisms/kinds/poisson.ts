/**
 * Poisson regression with a log link: p(x | pa) = λ^x exp(-λ) / x!, log λ = a + w · enc(pa). As a mechanism x is the
 * quantile of a noise, kept on the logistic scale: x counts the k with ε ≥ logit F(k; λ), ε ~ logistic(0, 1), so that
 * both tails keep their precision. Abduction draws ε from the logistic truncated to [logit F(x - 1), logit F(x)).
 *
 * F is a running sum over a table of counts up to `top`, a little above twice the largest training count; the rate is
 * held where the table holds its mass. An observed count beyond the table keeps its exact log-probability, but is
 * abducted as `top`.
 */
import { failure } from "../../../diagnostics/diagnostic.js";
import type { Tensors } from "../../tensors/core/engine.js";
import * as tf from "../../tensors/core/tfjs.js";
import type { BoundVariable } from "../bound/variables.js";
import { createCountForm } from "../closed-fits/count-form.js";
import { repeatRows } from "../contract/context.js";
import type { Mechanism } from "../contract/mechanism.js";
import { createLinearConditioner } from "../networks/conditioner.js";
import { spreadRows } from "./gumbel-max.js";
import { drawWithin, farAway, logisticNoise } from "./logistic-cells.js";

/**
 * The table is `[rows, top + 1]`: with more counts it outgrows its use, and a continuous approximation is good anyway.
 */
const largestTable = 2048;
/** Below this, sums of masses have lost their last terms to underflow, and the leading term stands for the tail. */
const smallestSum = 1e-30;
const smallestLogRate = -30;

/** log x! for whole x ≥ 0, elementwise: Stirling's series after raising the argument by 8. */
export function logFactorial(x: tf.Tensor): tf.Tensor {
  let logProduct = tf.log(tf.add(x, 1));
  for (let k = 2; k <= 8; k++) logProduct = tf.add(logProduct, tf.log(tf.add(x, k)));
  const z = tf.add(x, 9);
  const stirling = tf.sub(tf.mul(tf.sub(z, 0.5), tf.log(z)), z);
  const series = tf.sub(tf.div(1 / 12, z), tf.div(1 / 360, tf.mul(z, tf.square(z))));
  return tf.sub(tf.add(tf.add(stirling, 0.5 * Math.log(2 * Math.PI)), series), logProduct);
}

function logMass(count: tf.Tensor, logRate: tf.Tensor): tf.Tensor {
  return tf.sub(tf.sub(tf.mul(count, logRate), tf.exp(logRate)), logFactorial(count));
}

/** logit F(k; λ) for k = 0 … top - 1, increasing in k: `[rows, top]`. */
function edgesOf(logRate: tf.Tensor, top: number): tf.Tensor {
  const counts = tf.reshape(tf.range(0, top + 1, 1, "float32"), [1, top + 1]);
  const logMasses = logMass(counts, logRate);
  const masses = tf.exp(logMasses);
  const below = tf.cumsum(masses, 1);
  const above = tf.cumsum(masses, 1, true, true);
  const inner = (table: tf.Tensor, from = 0) => tf.slice(table, [0, from], [-1, top]);
  const k = inner(counts);
  // In a tail each term is the last one's times a ratio that is nearly constant: a geometric sum.
  const ratioBelow = tf.minimum(tf.exp(tf.sub(tf.log(tf.maximum(k, 0.5)), logRate)), 0.9);
  const ratioAbove = tf.minimum(tf.exp(tf.sub(logRate, tf.log(tf.add(k, 2)))), 0.9);
  const logBelow = logSum(inner(below), inner(logMasses), ratioBelow);
  const logAbove = logSum(inner(above), inner(logMasses, 1), ratioAbove);
  return tf.sub(logBelow, logAbove);
}

function logSum(sum: tf.Tensor, logLeading: tf.Tensor, ratio: tf.Tensor): tf.Tensor {
  const tail = tf.sub(logLeading, tf.log(tf.sub(1, ratio)));
  return tf.where(tf.greater(sum, smallestSum), tf.log(tf.maximum(sum, smallestSum)), tail);
}

export function createPoisson(variable: BoundVariable, parents: readonly BoundVariable[]): Mechanism {
  const { mean, high } = variable.normalisation ?? { mean: 1, high: 1 };
  const largestRate = 2 * (high + 4);
  const top = Math.ceil(largestRate + 8 * Math.sqrt(largestRate));
  if (top > largestTable)
    throw failure(
      "7022",
      "model",
      `glm of \`${variable.name}\`: counts as large as ${high} are beyond its table`,
      `Use a flow: ${variable.name} := flow(${parents.map(({ name }) => name).join(", ")}).`,
    );
  const predictor = createLinearConditioner(parents, [Math.log(Math.max(mean, 0.1))]);
  const logRateOf = (parameters: Tensors, parentValues: Tensors) =>
    tf.clipByValue(predictor.theta(parameters, parentValues), smallestLogRate, Math.log(largestRate));

  function logProbability(parameters: Tensors, value: tf.Tensor, parentValues: Tensors): tf.Tensor {
    return tf.reshape(logMass(value, logRateOf(parameters, parentValues)), [-1]);
  }

  /** Ends of the observed cell, `[batch, 1]` each. */
  function cellOf(parameters: Tensors, value: tf.Tensor, parentValues: Tensors): [tf.Tensor, tf.Tensor] {
    const inner = spreadRows(edgesOf(logRateOf(parameters, parentValues), top), value.shape[0]!, 1);
    const end = tf.fill([value.shape[0]!, 1], farAway);
    const index = tf.cast(tf.minimum(value, top), "int32");
    const select = (edges: tf.Tensor) => tf.gather(edges, index, 1, 1);
    return [select(tf.concat([tf.neg(end), inner], 1)), select(tf.concat([inner, end], 1))];
  }

  return {
    variable: variable.name,
    kind: "glm",
    abduction: "posterior_sample",
    density: "exact",
    parameters: predictor.parameters,
    noises: { noise: logisticNoise },
    draws: { posterior: logisticNoise },
    forward(parameters, noise, parentValues) {
      const passed = tf.greaterEqual(noise.noise!, edgesOf(logRateOf(parameters, parentValues), top));
      return tf.sum(tf.cast(passed, "float32"), 1, true);
    },
    abduct(parameters, value, parentValues, draws, particles) {
      const [lower, upper] = cellOf(parameters, value, parentValues);
      return { noise: drawWithin(repeatRows(lower, particles), repeatRows(upper, particles), draws.posterior!) };
    },
    logProbability,
    closedForm: createCountForm(variable, parents, predictor),
    loss: (parameters, value, parentValues) => tf.neg(tf.mean(logProbability(parameters, value, parentValues))),
  };
}
