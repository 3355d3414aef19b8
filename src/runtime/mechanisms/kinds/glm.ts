/**
 * `glm(parents…)`: a linear predictor of the parents' encodings behind the link that the domain asks for (Nelder &
 * Wedderburn 1972). Real, positive, interval: identity, log, logit, with normal noise on the link's scale, abducted
 * exactly. Binary and categorical: logits and Gumbel-max. Ordinal: cumulative logits. Count: Poisson with a log link.
 * The discrete ones are abducted by a draw from the exact posterior of their noise.
 */

import { unsupportedDomain } from "../../../model/catalogue/unsupported-domain.js";
import { createClassForm } from "../closed-fits/class-form.js";
import type { MechanismContext } from "../contract/context.js";
import type { Mechanism } from "../contract/mechanism.js";
import { createLinearConditioner } from "../networks/conditioner.js";
import { createAdditiveNoise } from "./additive-noise.js";
import { besideZero } from "./bernoulli.js";
import { createCumulativeLogit } from "./cumulative-logit.js";
import { createGumbelMax } from "./gumbel-max.js";
import { createPoisson } from "./poisson.js";

export function createGlm({ variable, parents }: MechanismContext): Mechanism {
  const { name, domain } = variable;
  switch (domain.kind) {
    case "real":
    case "positive":
    case "interval":
      return createAdditiveNoise("glm", variable, parents, createLinearConditioner(parents, [0]));
    case "binary": {
      const conditioner = createLinearConditioner(parents, [0]);
      return createGumbelMax({
        variable: name,
        kind: "glm",
        classes: 2,
        parameters: conditioner.parameters,
        logits: (values, parentValues) => besideZero(conditioner.theta(values, parentValues)),
        closedForm: createClassForm({ variable, parents, classes: 2, conditioner, isRelative: true }),
      });
    }
    case "categorical": {
      const initial = Array.from({ length: domain.size }, () => 0);
      const conditioner = createLinearConditioner(parents, initial);
      return createGumbelMax({
        variable: name,
        kind: "glm",
        classes: domain.size,
        parameters: conditioner.parameters,
        logits: conditioner.theta,
        closedForm: createClassForm({ variable, parents, classes: domain.size, conditioner, isRelative: false }),
      });
    }
    case "ordinal":
      return createCumulativeLogit(variable, domain.size, parents);
    case "count":
      return createPoisson(variable, parents);
    default:
      throw unsupportedDomain("glm", variable, "scalar and discrete");
  }
}
