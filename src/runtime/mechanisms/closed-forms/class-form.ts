/**
 * The closed fits of a variable of classes: frequencies where it has no parents, logistic regression where its predictor is linear, and
 * for a network over discrete parents the table of frequencies, which its last layer interpolates. Other networks start at the
 * logistic regression.
 */
import { type BoundVariable, encodedSizeOf } from "../../variables.js";
import type { Conditioner } from "../conditioner.js";
import { type ClassFit, fitClasses } from "./class-fit.js";
import { type ClosedFit, type ClosedForm, type FitWarning, largestWork } from "./closed-form.js";
import { absentWarning, separationWarning } from "./closed-warnings.js";
import { createDesign } from "./design.js";
import { groupedRows } from "./grouped-rows.js";
import { tableFit } from "./table-fit.js";

/** Coefficients of a Newton step, at most. */
const mostCoefficients = 600;

export interface ClassFormSpec {
  readonly variable: BoundVariable;
  readonly parents: readonly BoundVariable[];
  readonly classes: number;
  readonly conditioner: Conditioner;
  /** Whether the conditioner gives one logit, that of the second of two classes, rather than one a class. */
  readonly isOneLogit: boolean;
}

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

export function outputsOf({ classes, isOneLogit }: Pick<ClassFormSpec, "classes" | "isOneLogit">): number {
  return isOneLogit ? 1 : classes;
}

/** What the conditioner gives for the predictors of all classes. */
export function logitsOf({ isOneLogit }: Pick<ClassFormSpec, "isOneLogit">, all: Float64Array): Float64Array {
  return isOneLogit ? Float64Array.of(all[1]! - all[0]!) : all;
}

function addLogit(spec: ClassFormSpec, weights: Float64Array, input: number, k: number, weight: number): void {
  if (spec.isOneLogit) weights[input]! += k === 1 ? weight : -weight;
  else weights[input * spec.classes + k] = weight;
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
