/** What one step of a particle method is made from. */
import type { Intervention } from "../../../schema/types.js";
import type { LoadedModel } from "../../mechanisms/loaded-model.js";
import type { Engine } from "../../tensors/core/engine.js";
import type { RandomKey } from "../../tensors/random/index.js";
import type { NormalDraws } from "./adaptive-draws.js";

export interface StepSpec {
  readonly loaded: LoadedModel;
  readonly engine: Engine;
  readonly interventions: readonly Intervention[];
  /** Variables whose values the step is given, `[rows, size]` each. */
  readonly state: readonly string[];
  /** Variables to compute, whose causes are in the state or among themselves. */
  readonly compute: readonly string[];
  /** Variables of the state to weigh. */
  readonly weigh: readonly string[];
  /** By variable to compute: the observed image whose learned posterior proposes it, in place of its mechanism. */
  readonly proposers?: ReadonlyMap<string, string>;
  /** The normal draws that `run` is given shaped. */
  readonly adapted?: readonly NormalDraws[];
  /** Units of one call, and particles of a unit: rows are their product. */
  readonly units: number;
  readonly particles: number;
  readonly key: RandomKey;
}
