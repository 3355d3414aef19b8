/**
 * `anm(parents…)`: the additive noise model (Hoyer et al. 2009), x = d(m + s (f(pa) + exp(σ) ε)) with a network f. The
 * noise is normal, where the original leaves its distribution open.
 */

import { type MechanismContext, widthsOf } from "../contract/context.js";
import type { Mechanism } from "../contract/mechanism.js";
import { createConditioner } from "../networks/conditioner.js";
import { createAdditiveNoise } from "./additive-noise.js";

export function createAnm({ variable, parents, options }: MechanismContext): Mechanism {
  return createAdditiveNoise("anm", variable, parents, createConditioner(parents, widthsOf(options.hidden), [0]));
}
