/** What the closed fits of a variable of classes are made from, and how many logits its conditioner gives. */
import type { BoundVariable } from "../bound/variables.js";
import type { Conditioner } from "../networks/conditioner.js";

export interface ClassFormSpec {
  readonly variable: BoundVariable;
  readonly parents: readonly BoundVariable[];
  readonly classes: number;
  readonly conditioner: Conditioner;
  /** Whether the conditioner gives one logit, that of the second of two classes, rather than one a class. */
  readonly isOneLogit: boolean;
}

export function outputsOf({ classes, isOneLogit }: Pick<ClassFormSpec, "classes" | "isOneLogit">): number {
  return isOneLogit ? 1 : classes;
}

/** What the conditioner gives for the predictors of all classes. */
export function logitsOf({ isOneLogit }: Pick<ClassFormSpec, "isOneLogit">, all: Float64Array): Float64Array {
  return isOneLogit ? Float64Array.of(all[1]! - all[0]!) : all;
}
