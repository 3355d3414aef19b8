/** The closed fit of a `glm` of an ordinal variable: cumulative logits. */
import { type BoundVariable, encodedSizeOf } from "../bound/variables.js";
import { type ClosedFit, type ClosedForm, largestWork, tensorOf } from "../contract/closed-form.js";
import { absentWarning, separationWarning } from "./closed-warnings.js";
import { createDesign } from "./design.js";
import { groupedRows } from "./grouped-rows.js";
import { fitOrdinal } from "./ordinal-fit.js";

export function createOrdinalForm(
  variable: BoundVariable,
  classes: number,
  parents: readonly BoundVariable[],
): ClosedForm {
  const inputs = parents.reduce((sum, { domain }) => sum + encodedSizeOf(domain), 0);
  return (columns): ClosedFit | undefined => {
    const groups = groupedRows(parents, columns, classes);
    if (groups.rows * (inputs + 2) ** 2 > largestWork) return undefined;
    const design = createDesign(parents, { value: columns.value, ...groups }, groups.rows);
    const fit = fitOrdinal(design, groups.counts, classes);
    const { weights, shift } = design.toEncoded(fit.coefficients);
    const cuts = fit.cutPoints.map((cut) => cut + shift);
    const separated = fit.separated.map((k) => design.parents[k]!);
    return {
      isMaximum: fit.converged,
      method: parents.length === 0 ? "counts" : "newton",
      parameters: {
        cut_points: tensorOf([classes - 1], rawCutPoints(cuts)),
        ...(inputs > 0 ? { weight: tensorOf([inputs, 1], weights) } : {}),
      },
      steps: fit.steps,
      loss: fit.loss,
      warnings: [
        ...(fit.absent.length > 0 ? [absentWarning(variable, fit.absent)] : []),
        ...(separated.length > 0 ? [separationWarning(variable.name, separated, fit.pseudoRows)] : []),
      ],
    };
  };
}

/** The first as it is, then log(exp(gap) - 1): what softplus makes gaps of. */
export function rawCutPoints(cuts: Float64Array): Float64Array {
  return cuts.map((cut, j) => {
    if (j === 0) return cut;
    const gap = Math.max(cut - cuts[j - 1]!, 1e-30);
    return gap + Math.log(-Math.expm1(-gap));
  });
}
