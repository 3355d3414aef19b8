/**
 * Ordinal regression by cumulative logits (McCullagh 1980): P(x < j | pa) = s(c_j - w · enc(pa)), with increasing cut
 * points c_1 < … < c_{k-1}. As a mechanism: x counts the cut points at or below w · enc(pa) + ε, ε ~ logistic(0, 1).
 * Abduction draws ε from the logistic truncated to the observed cell.
 */
import type { Tensors } from "../../tensors/core/engine.js";
import * as tf from "../../tensors/core/tfjs.js";
import type { BoundVariable } from "../bound/variables.js";
import { createOrdinalForm } from "../closed-fits/ordinal-form.js";
import { contextSize, encodeParents, repeatRows } from "../contract/context.js";
import type { Mechanism } from "../contract/mechanism.js";
import { constantParameter, normalParameter, type Parameters } from "../networks/network.js";
import { indicator } from "./gumbel-max.js";
import { drawWithin, farAway, logisticNoise, logMassOf } from "./logistic-cells.js";

/** Raw cut points: the first as it is, then the gaps before their softplus. All classes start equally likely. */
function initialCutPoints(classes: number): number[] {
  const logit = (j: number) => Math.log(j / (classes - j));
  return Array.from({ length: classes - 1 }, (_, j) =>
    j === 0 ? logit(1) : Math.log(Math.expm1(logit(j + 1) - logit(j))),
  );
}

/** c, `[1, classes - 1]`. */
function cutPoints(raw: tf.Tensor): tf.Tensor {
  const row = tf.reshape(raw, [1, -1]);
  const first = tf.slice(row, [0, 0], [1, 1]);
  const count = row.shape[1]!;
  if (count === 1) return first;
  return tf.cumsum(tf.concat([first, tf.softplus(tf.slice(row, [0, 1], [1, count - 1]))], 1), 1);
}

export function createCumulativeLogit(
  variable: BoundVariable,
  classes: number,
  parents: readonly BoundVariable[],
): Mechanism {
  const inputs = contextSize(parents);
  const specs: Parameters = { cut_points: constantParameter(initialCutPoints(classes)) };
  if (inputs > 0) specs.weight = normalParameter([inputs, 1], 0);

  /** The noise at which each class begins, from the second on: `[batch or 1, classes - 1]`. */
  function edges(parameters: Tensors, parentValues: Tensors): tf.Tensor {
    const cuts = cutPoints(parameters.cut_points!);
    const encoded = encodeParents(parents, parentValues);
    return encoded ? tf.sub(cuts, tf.matMul(encoded as tf.Tensor2D, parameters.weight as tf.Tensor2D)) : cuts;
  }

  /** Ends of the observed cell, `[batch, 1]` each. */
  function cellOf(parameters: Tensors, value: tf.Tensor, parentValues: Tensors): [tf.Tensor, tf.Tensor] {
    const inner = edges(parameters, parentValues);
    const end = tf.fill([inner.shape[0]!, 1], farAway);
    const observed = indicator(value, classes);
    const select = (perClass: tf.Tensor) => tf.sum(tf.mul(observed, perClass), 1, true);
    return [select(tf.concat([tf.neg(end), inner], 1)), select(tf.concat([inner, end], 1))];
  }

  function logProbability(parameters: Tensors, value: tf.Tensor, parentValues: Tensors): tf.Tensor {
    return tf.reshape(logMassOf(...cellOf(parameters, value, parentValues)), [-1]);
  }

  return {
    variable: variable.name,
    kind: "glm",
    abduction: "posterior_sample",
    density: "exact",
    parameters: specs,
    noises: { noise: logisticNoise },
    draws: { posterior: logisticNoise },
    forward(parameters, noise, parentValues) {
      const passed = tf.greaterEqual(noise.noise!, edges(parameters, parentValues));
      return tf.sum(tf.cast(passed, "float32"), 1, true);
    },
    abduct(parameters, value, parentValues, draws, particles) {
      const [lower, upper] = cellOf(parameters, value, parentValues);
      return { noise: drawWithin(repeatRows(lower, particles), repeatRows(upper, particles), draws.posterior!) };
    },
    logProbability,
    closedForm: createOrdinalForm(variable, classes, parents),
    loss: (parameters, value, parentValues) => tf.neg(tf.mean(logProbability(parameters, value, parentValues))),
  };
}
