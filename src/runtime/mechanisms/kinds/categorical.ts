/**
 * `categorical(parents…)`: a variable of k classes by Gumbel-max, one logit a class from a conditioner of the parents.
 * With discrete parents alone the conditioner sees their one-hot codes, a table with shared effects. An ordinal
 * variable is taken as k unordered classes here; `flow` and `glm` use the order.
 */

import { unsupportedDomain } from "../../../model/catalogue/unsupported-domain.js";
import { createClassForm } from "../closed-fits/class-form.js";
import { type MechanismContext, widthsOf } from "../contract/context.js";
import type { Mechanism } from "../contract/mechanism.js";
import { createConditioner } from "../networks/conditioner.js";
import { createGumbelMax } from "./gumbel-max.js";

export function createCategorical({ variable, parents, options }: MechanismContext): Mechanism {
  const { domain } = variable;
  if (domain.kind !== "categorical" && domain.kind !== "ordinal")
    throw unsupportedDomain("categorical", variable, "categorical and ordinal");
  const initial = Array.from({ length: domain.size }, () => 0);
  const conditioner = createConditioner(parents, widthsOf(options.hidden), initial);
  return createGumbelMax({
    variable: variable.name,
    kind: "categorical",
    classes: domain.size,
    parameters: conditioner.parameters,
    logits: conditioner.theta,
    closedForm: createClassForm({ variable, parents, classes: domain.size, conditioner, isRelative: false }),
  });
}
