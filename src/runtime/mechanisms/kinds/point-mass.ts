/**
 * The mechanism of a number that has one value c in all training rows: x = c, whatever the parents and the noise. There
 * is nothing to fit. Its probability is that of the point mass, 1 at c and 0 elsewhere, and no density. The noise tells
 * nothing of x, so its posterior is its prior, and abduction draws it anew.
 */
import * as tf from "../../tensors/core/tfjs.js";
import { type DrawSpec, type Mechanism, standard } from "../contract/mechanism.js";

const noise: DrawSpec = { size: 1, distribution: "normal", parameters: standard };

export function createPointMass(kind: string, variable: string, constant: number): Mechanism {
  const logProbability = (value: tf.Tensor) =>
    tf.reshape(
      tf.where(tf.equal(value, constant), tf.zerosLike(value), tf.fill(value.shape, Number.NEGATIVE_INFINITY)),
      [-1],
    );
  return {
    variable,
    kind,
    abduction: "exact",
    density: "exact",
    parameters: {},
    noises: { noise },
    draws: { prior: noise },
    forward: (_parameters, { noise: drawn }) => tf.fill(drawn!.shape, constant),
    abduct: (_parameters, _value, _parents, { prior }) => ({ noise: prior! }),
    logProbability: (_parameters, value) => logProbability(value),
    loss: (_parameters, value) => tf.neg(tf.mean(logProbability(value))),
  };
}
