/** The closed fit of a `glm` of counts: Poisson regression. */
import { type BoundVariable, encodedSizeOf } from "../bound/variables.js";
import { type ClosedFit, type ClosedForm, largestWork } from "../contract/closed-form.js";
import type { Conditioner } from "../networks/conditioner.js";
import { separationWarning } from "./closed-warnings.js";
import { fitCounts } from "./count-fit.js";
import { createDesign } from "./design.js";

export function createCountForm(
  variable: BoundVariable,
  parents: readonly BoundVariable[],
  conditioner: Conditioner,
): ClosedForm {
  const inputs = parents.reduce((sum, { domain }) => sum + encodedSizeOf(domain), 0);
  return (columns, initial): ClosedFit | undefined => {
    const rows = columns.value.length;
    if (rows * (inputs + 1) ** 2 > largestWork) return undefined;
    const design = createDesign(parents, columns, rows);
    const fit = fitCounts(design, new Float64Array(columns.value));
    const { weights, shift } = design.toEncoded(fit.coefficients);
    let logFactorials = 0;
    for (let row = 0; row < rows; row++) logFactorials += design.weights[row]! * logFactorialOf(columns.value[row]!);
    const separated = fit.separated.map((k) => design.parents[k]!);
    return {
      isMaximum: fit.converged,
      method: parents.length === 0 ? "counts" : "newton",
      parameters: conditioner.linear(weights, [fit.intercept - shift], initial),
      steps: fit.steps,
      loss: fit.loss + logFactorials / design.total,
      warnings: separated.length > 0 ? [separationWarning(variable.name, separated, fit.pseudoRows)] : [],
    };
  };
}

/** log x! for whole x ≥ 0. */
function logFactorialOf(x: number): number {
  let product = 0;
  let z = x + 1;
  while (z < 10) product += Math.log(z++);
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * z) - 1 / (360 * z ** 3) - product;
}
