/** Checks of a distribution's parameters, in words that a diagnostic can show. */

export type Requirement = "finite" | "positive";

/** The check for parameters that each must be finite, or finite and above 0. */
export function requires(names: readonly string[], requirements: readonly Requirement[]) {
  return (parameters: readonly number[]): string | undefined => {
    if (parameters.length !== names.length) return `expected ${names.join(", ")}, got ${parameters.length} parameters`;
    for (const [at, requirement] of requirements.entries()) {
      const value = parameters[at]!;
      if (!Number.isFinite(value)) return `${names[at]} must be a finite number, not ${value}`;
      if (requirement === "positive" && value <= 0) return `${names[at]} must be above 0, not ${value}`;
    }
    return undefined;
  };
}

/** How far the probabilities of a category may sum from 1: the rounding of sums such as 0.33 + 0.33 + 0.34. */
export const probabilityTolerance = 1e-6;
