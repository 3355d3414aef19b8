/**
 * `anm(parents…)`: the additive noise model (Hoyer et al. 2009), x = d(m + s (f(pa) + exp(σ) ε)) with a network f. The noise is
 * normal, where the original leaves its distribution open.
 */
import { createAdditiveNoise } from "./additive-noise.js";
import { createConditioner } from "./conditioner.js";
import { type MechanismContext, widthsOf } from "./context.js";
import type { Mechanism } from "./mechanism.js";

export function createAnm({ variable, parents, options }: MechanismContext): Mechanism {
  return createAdditiveNoise("anm", variable, parents, createConditioner(parents, widthsOf(options.hidden), [0]));
}
