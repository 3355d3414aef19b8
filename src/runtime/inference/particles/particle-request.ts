/** What the particles of some units are inferred from. */
import type { InferencePlan, Intervention } from "../../../schema/types.js";
import type { LoadedModel } from "../../mechanisms/loaded-model.js";
import type { Engine } from "../../tensors/core/engine.js";
import type { RandomKey } from "../../tensors/random/index.js";

export interface ParticleRequest {
  readonly loaded: LoadedModel;
  readonly engine: Engine;
  readonly interventions: readonly Intervention[];
  readonly plan: InferencePlan;
  /** `[units, size]` of each observed variable. */
  readonly observed: ReadonlyMap<string, Float32Array>;
  readonly units: number;
  /** Proposals of importance sampling, a unit. */
  readonly proposals: number;
  readonly key: RandomKey;
  /** How a unit is called in messages; by its number where it is left out. */
  readonly unitName?: (unit: number) => string;
  /** Evidence of probability zero is an answer, not a contradiction. */
  readonly allowsZero?: boolean;
}
