/** Moments and quantiles of a variable whose coordinate is normal: itself, its logarithm or its logit. */
import type { Domain } from "../../../schema/types.js";
import { normalQuantile } from "../../mechanisms/distributions/normal-quantile.js";
import type { CoordinateForm } from "./affine-form.js";
import type { NormalPosterior } from "./gaussian-posterior.js";
import { valueAtCoordinate } from "./gaussian-unit.js";

export interface NormalCoordinate {
  readonly coordinate: CoordinateForm["coordinate"];
  readonly mean: number;
  readonly variance: number;
}

export function normalCoordinate({ coordinate, form }: CoordinateForm, posterior: NormalPosterior): NormalCoordinate {
  return { coordinate, mean: posterior.expectation(form), variance: posterior.covariance(form, form) };
}

/** Undefined for a logit that varies: its mean has no closed form. */
export function momentsOf(
  { coordinate, mean, variance }: NormalCoordinate,
  domain: Domain,
): { mean: number; sd: number } | undefined {
  if (variance === 0) return { mean: valueAtCoordinate(coordinate, domain, mean), sd: 0 };
  if (coordinate === "identity") return { mean, sd: Math.sqrt(variance) };
  if (coordinate === "logit") return undefined;
  const expected = Math.exp(mean + variance / 2);
  return { mean: expected, sd: expected * Math.sqrt(Math.expm1(variance)) };
}

/** Every coordinate is increasing in the variable. */
export function quantileOf({ coordinate, mean, variance }: NormalCoordinate, domain: Domain, level: number): number {
  const spread = variance === 0 ? 0 : Math.sqrt(variance) * normalQuantile(level);
  return valueAtCoordinate(coordinate, domain, mean + spread);
}
