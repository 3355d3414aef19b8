/**
 * `linear(parents…)`: additive noise about a linear map of the parents' encodings, x = d(m + s (w · enc(pa) + b + exp(σ) ε)).
 * With real variables alone this is the linear-Gaussian model; a positive variable is lognormal given its parents.
 */
import { createAdditiveNoise } from "./additive-noise.js";
import { createLinearConditioner } from "./conditioner.js";
import type { MechanismContext } from "./context.js";
import type { Mechanism } from "./mechanism.js";

export function createLinear({ variable, parents }: MechanismContext): Mechanism {
  return createAdditiveNoise("linear", variable, parents, createLinearConditioner(parents, [0]));
}
