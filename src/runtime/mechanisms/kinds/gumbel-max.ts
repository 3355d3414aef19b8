/**
 * A discrete variable by the Gumbel-max trick: x = argmax_k (φ_k(pa) + G_k), G_k ~ Gumbel(0, 1), so that
 * p(x = k | pa) = softmax(φ)_k. Of all ways to couple worlds this one is counterfactually stable: a class that became
 * relatively likelier is never left (Oberst & Sontag 2019).
 *
 * Abduction draws from the exact posterior of G, top down (Maddison, Tarlow & Minka 2014): the largest φ + G is
 * Gumbel(logsumexp φ), independent of which class attains it; the others are Gumbels truncated there. Written with E =
 * -log U, standard exponential, M = logsumexp φ - log E_x, G_x = M - φ_x and G_k = -log(exp(φ_k - M) + E_k): no step
 * overflows, and the draws keep their resolution in both tails, which uniforms in single precision would not.
 */
import type { Tensors } from "../../tensors/core/engine.js";
import * as tf from "../../tensors/core/tfjs.js";
import type { ClosedForm } from "../contract/closed-form.js";
import { repeatRows } from "../contract/context.js";
import { type Mechanism, standard } from "../contract/mechanism.js";
import type { Parameters } from "../networks/network.js";

/** φ and G may be summed again in another program: the winner stays ahead by more than their rounding. */
const lead = 2 ** -20;

export interface GumbelMaxSpec {
  readonly variable: string;
  readonly kind: string;
  readonly classes: number;
  readonly parameters: Parameters;
  /** φ, `[batch or 1, classes]`. */
  logits(parameters: Tensors, parentValues: Tensors): tf.Tensor;
  readonly closedForm?: ClosedForm;
}

export function createGumbelMax({
  variable,
  kind,
  classes,
  parameters: specs,
  logits,
  closedForm,
}: GumbelMaxSpec): Mechanism {
  function logProbability(parameters: Tensors, value: tf.Tensor, parentValues: Tensors): tf.Tensor {
    const phi = logits(parameters, parentValues);
    return tf.sum(tf.mul(indicator(value, classes), tf.sub(phi, tf.logSumExp(phi, 1, true))), 1);
  }

  return {
    variable,
    kind,
    abduction: "posterior_sample",
    density: "exact",
    parameters: specs,
    noises: { gumbel: { size: classes, distribution: "gumbel", parameters: standard } },
    draws: { posterior: { size: classes, distribution: "exponential", parameters: [1] } },
    forward(parameters, noise, parentValues) {
      const utility = tf.add(logits(parameters, parentValues), noise.gumbel!);
      return tf.reshape(tf.cast(tf.argMax(utility, 1), "float32"), [-1, 1]);
    },
    abduct(parameters, value, parentValues, draws, particles) {
      const exponential = draws.posterior!;
      const phi = spreadRows(logits(parameters, parentValues), value.shape[0]!, particles);
      return { gumbel: posteriorGumbels(phi, indicator(repeatRows(value, particles), classes), exponential) };
    },
    logProbability,
    ...(closedForm ? { closedForm } : {}),
    loss: (parameters, value, parentValues) => tf.neg(tf.mean(logProbability(parameters, value, parentValues))),
  };
}

/** G given that the class marked by `observed` won; all `[rows, classes]`. */
function posteriorGumbels(phi: tf.Tensor, observed: tf.Tensor, exponential: tf.Tensor): tf.Tensor {
  const own = tf.sum(tf.mul(observed, exponential), 1, true);
  const largest = tf.sub(tf.logSumExp(phi, 1, true), tf.log(own));
  const won = tf.sub(largest, phi);
  const truncated = tf.neg(tf.log(tf.add(tf.exp(tf.neg(won)), exponential)));
  const margin = tf.mul(lead, tf.add(1, tf.add(tf.abs(largest), tf.abs(phi))));
  return tf.where(tf.greater(observed, 0.5), won, tf.minimum(truncated, tf.sub(won, margin)));
}

/** One-hot rows of float32 from class codes `[rows, 1]`. */
export function indicator(value: tf.Tensor, classes: number): tf.Tensor {
  return tf.cast(tf.oneHot(tf.cast(tf.reshape(value, [-1]), "int32"), classes), "float32");
}

/** A root's one row, or a row per unit, as a row per particle. */
export function spreadRows(rows: tf.Tensor, batch: number, particles: number): tf.Tensor {
  const perUnit = rows.shape[0] === batch ? rows : tf.tile(rows, [batch, 1]);
  return repeatRows(perUnit, particles);
}
