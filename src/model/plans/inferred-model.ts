/** The parts of a model that the planning of inference reads. */

import type { Variable } from "../../schema/types.js";
import type { PlannedModel } from "./plan.js";

export interface InferredModel extends PlannedModel {
  readonly variables: readonly Pick<Variable, "name" | "domain">[];
  /** The variables whose posterior over their causes is learned; left out if that is not known yet. */
  readonly posteriors?: readonly string[];
}
