/**
 * The closed fits of a variable of classes: frequencies where it has no parents, logistic regression where its
 * predictor is linear, and for a network over discrete parents the table of frequencies, which its last layer
 * interpolates. Other networks start at the logistic regression.
 */
import { encodedSizeOf } from "../bound/variables.js";
import { type ClosedFit, type ClosedForm, type FitWarning, largestWork } from "../contract/closed-form.js";
import { type ClassFit, fitClasses } from "./class-fit.js";
import { type ClassFormSpec, logitsOf, outputsOf } from "./class-form-spec.js";
import { absentWarning, separationWarning } from "./closed-warnings.js";
import { createDesign } from "./design.js";
import { groupedRows } from "./grouped-rows.js";
import { tableFit } from "./table-fit.js";

/** Coefficients of a Newton step, at most. */
const mostCoefficients = 600;

export function createClassForm(spec: ClassFormSpec): ClosedForm {
  const { parents, classes, conditioner } = spec;
  const inputs = parents.reduce((sum, { domain }) => sum + encodedSizeOf(domain), 0);
  return (columns, initial): ClosedFit | undefined => {
    const groups = groupedRows(parents, columns, classes);
    const size = (classes - 1) * (inputs + 1);
    if (size > mostCoefficients || groups.rows * size ** 2 > largestWork) return undefined;
    const design = createDesign(parents, { value: columns.value, ...groups }, groups.rows);
    const fit = fitClasses(design, groups.counts, classes);
    const weights = new Float64Array(inputs * outputsOf(spec));
    const bias = new Float64Array(classes);
    for (let k = 0; k < classes; k++) {
      const own = design.toEncoded(fit.coefficients[k]!);
      bias[k] = fit.intercepts[k]! - own.shift;
      for (const [input, weight] of own.weights.entries()) addLogit(spec, weights, input, k, weight);
    }
    const start = conditioner.linear(weights, logitsOf(spec, bias), initial);
    const additive: ClosedFit = {
      isMaximum: conditioner.isLinear && fit.converged,
      method: parents.length === 0 ? "counts" : "newton",
      parameters: start,
      steps: fit.steps,
      loss: fit.loss,
      warnings: [...absentWarnings(spec, fit), ...separationOf(spec, fit, design.parents)],
    };
    if (conditioner.isLinear) return additive;
    return tableFit(spec, groups, weights, logitsOf(spec, bias), start, initial, absentWarnings(spec, fit)) ?? additive;
  };
}

function addLogit(spec: ClassFormSpec, weights: Float64Array, input: number, k: number, weight: number): void {
  const outputs = outputsOf(spec);
  const own = weights.subarray(input * outputs, (input + 1) * outputs);
  if (!spec.isRelative) own[k] = weight;
  else if (k > 0) own[k - 1]! += weight;
  else for (let output = 0; output < outputs; output++) own[output]! -= weight;
}

function absentWarnings({ variable }: ClassFormSpec, { absent }: ClassFit): FitWarning[] {
  return absent.length > 0 ? [absentWarning(variable, absent)] : [];
}

function separationOf({ variable }: ClassFormSpec, fit: ClassFit, parents: readonly string[]): FitWarning[] {
  return fit.pseudoRows > 0
    ? [
        separationWarning(
          variable.name,
          fit.separated.map((k) => parents[k]!),
          fit.pseudoRows,
        ),
      ]
    : [];
}
