/**
 * Types with point masses: values that have a probability of their own beside a density elsewhere. `nonnegative` has
 * one at 0, `interval(a, b, edges = …)` at the edges that are named.
 */
import type { Domain } from "../schema/types.js";

/** The values with a probability of their own, in order. */
export function pointMassesOf(domain: Domain | null): readonly number[] {
  switch (domain?.kind) {
    case "nonnegative":
      return [0];
    case "interval": {
      const { low, high, edges } = domain;
      return [
        ...(edges === "low" || edges === "both" ? [low] : []),
        ...(edges === "high" || edges === "both" ? [high] : []),
      ];
    }
    default:
      return [];
  }
}

export const hasPointMass = (domain: Domain | null): boolean => pointMassesOf(domain).length > 0;

/** The type of the values that have a density: the type itself if it does not have point masses. */
export function continuousPartOf(domain: Domain): Domain {
  if (domain.kind === "nonnegative") return { kind: "positive" };
  return domain.kind === "interval" ? { kind: "interval", low: domain.low, high: domain.high } : domain;
}
