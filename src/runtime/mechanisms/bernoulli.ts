/**
 * `bernoulli(parents…)`: a binary variable as a two-class Gumbel-max with logits (0, ℓ(pa)). Only differences of logits
 * matter, so one suffices: p(x = 1 | pa) = sigmoid(ℓ). Children see -1 and 1.
 */

import { unsupportedDomain } from "../../model/unsupported-domain.js";
import * as tf from "../engine/tfjs.js";
import { createClassForm } from "./closed-forms/class-form.js";
import { createConditioner } from "./conditioner.js";
import { type MechanismContext, widthsOf } from "./context.js";
import { createGumbelMax } from "./gumbel-max.js";
import type { Mechanism } from "./mechanism.js";

export function createBernoulli({ variable, parents, options }: MechanismContext): Mechanism {
  if (variable.domain.kind !== "binary") throw unsupportedDomain("bernoulli", variable, "binary");
  const conditioner = createConditioner(parents, widthsOf(options.hidden), [0]);
  return createGumbelMax({
    variable: variable.name,
    kind: "bernoulli",
    classes: 2,
    parameters: conditioner.parameters,
    logits: (parameters, parentValues) => besideZero(conditioner.theta(parameters, parentValues)),
    closedForm: createClassForm({ variable, parents, classes: 2, conditioner, isOneLogit: true }),
  });
}

/** Logits of the two classes from that of the second. */
export function besideZero(logit: tf.Tensor): tf.Tensor {
  return tf.concat([tf.zerosLike(logit), logit], 1);
}
