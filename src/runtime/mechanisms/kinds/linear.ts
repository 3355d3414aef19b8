/**
 * `linear(parents…)`: additive noise about a linear map of the parents' encodings, x = d(m + s (w · enc(pa) + b +
 * exp(σ) ε)). With real variables alone this is the linear-Gaussian model; a positive variable is lognormal given its
 * parents.
 */

import type { MechanismContext } from "../contract/context.js";
import type { Mechanism } from "../contract/mechanism.js";
import { createLinearConditioner } from "../networks/conditioner.js";
import { createAdditiveNoise } from "./additive-noise.js";

export function createLinear({ variable, parents }: MechanismContext): Mechanism {
  return createAdditiveNoise("linear", variable, parents, createLinearConditioner(parents, [0]));
}
