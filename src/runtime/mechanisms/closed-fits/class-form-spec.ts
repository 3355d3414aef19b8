/** What the closed fits of a variable of classes are made from, and how many logits its conditioner gives. */
import type { BoundVariable } from "../bound/variables.js";
import type { Conditioner } from "../networks/conditioner.js";

export interface ClassFormSpec {
  readonly variable: BoundVariable;
  readonly parents: readonly BoundVariable[];
  readonly classes: number;
  readonly conditioner: Conditioner;
  /** Whether the conditioner gives the logits of all classes but the first, relative to it, rather than one a class. */
  readonly isRelative: boolean;
}

export function outputsOf({ classes, isRelative }: Pick<ClassFormSpec, "classes" | "isRelative">): number {
  return isRelative ? classes - 1 : classes;
}

/** What the conditioner gives for the predictors of all classes. */
export function logitsOf({ isRelative }: Pick<ClassFormSpec, "isRelative">, all: Float64Array): Float64Array {
  return isRelative ? all.subarray(1).map((logit) => logit - all[0]!) : all;
}
