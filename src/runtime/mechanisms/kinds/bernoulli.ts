/**
 * `bernoulli(parents…)`: a binary variable as a two-class Gumbel-max with logits (0, ℓ(pa)). Only differences of logits
 * matter, so one suffices: p(x = 1 | pa) = sigmoid(ℓ). Children see -1 and 1.
 */

import { unsupportedDomain } from "../../../model/catalogue/unsupported-domain.js";
import * as tf from "../../tensors/core/tfjs.js";
import { createClassForm } from "../closed-fits/class-form.js";
import { type MechanismContext, widthsOf } from "../contract/context.js";
import type { Mechanism } from "../contract/mechanism.js";
import { createConditioner } from "../networks/conditioner.js";
import { createGumbelMax } from "./gumbel-max.js";

export function createBernoulli({ variable, parents, options }: MechanismContext): Mechanism {
  if (variable.domain.kind !== "binary") throw unsupportedDomain("bernoulli", variable, "binary");
  const conditioner = createConditioner(parents, widthsOf(options.hidden), [0]);
  return createGumbelMax({
    variable: variable.name,
    kind: "bernoulli",
    classes: 2,
    parameters: conditioner.parameters,
    logits: (parameters, parentValues) => besideZero(conditioner.theta(parameters, parentValues)),
    closedForm: createClassForm({ variable, parents, classes: 2, conditioner, isRelative: true }),
  });
}

/** Logits of the two classes from that of the second. */
export function besideZero(logit: tf.Tensor): tf.Tensor {
  return tf.concat([tf.zerosLike(logit), logit], 1);
}
