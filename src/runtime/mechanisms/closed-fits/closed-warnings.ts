/** What closed fits warn of, in words. */
import type { BoundVariable } from "../bound/variables.js";
import type { FitWarning } from "../contract/closed-form.js";
import { rowsOfAbsentClass } from "./class-fit.js";

/** Levels of the variable that no row has. */
export function absentWarning({ name, domain }: BoundVariable, absent: readonly number[]): FitWarning {
  const levels = "levels" in domain ? domain.levels : undefined;
  const texts = absent.map((level) => (levels ? JSON.stringify(levels[level]) : String(level))).join(", ");
  return {
    code: "7036",
    variable: name,
    message: `\`${name}\`: no training row has ${texts}`,
    hint: `${absent.length === 1 ? "It is" : "Each is"} given the probability of ${rowsOfAbsentClass} rows; leave out levels that cannot occur.`,
  };
}

export function separationWarning(name: string, parents: readonly string[], pseudoRows: number): FitWarning {
  const by = [...new Set(parents)].map((parent) => `\`${parent}\``).join(", ");
  return {
    code: "7033",
    variable: name,
    message: `\`${name}\`: its values are separated by ${by} in the training rows, so that the likelihood has no maximum: a coefficient grows without bound`,
    hint: `It was fitted with ${pseudoRows} more rows at the overall frequencies, spread over all rows: read its probabilities near 0 and 1 as "rare", not as figures.`,
  };
}
