/** The closed fit of additive normal noise: least squares for a linear mean, and for a network where it starts. */

import { logDerivativeNumber, standardisedNumbers } from "../bound/encoded-numbers.js";
import { type BoundVariable, encodedSizeOf } from "../bound/variables.js";
import { type ClosedFit, type ClosedForm, largestWork, tensorOf } from "../contract/closed-form.js";
import type { Conditioner } from "../networks/conditioner.js";
import { createDesign } from "./design.js";
import { leastSquares } from "./normal-fit.js";

/** y = f(pa) + exp(log_scale) ε of the standardised variable; the scale is not below exp(-`largestLogScale`). */
export function createNormalForm(
  variable: BoundVariable,
  parents: readonly BoundVariable[],
  conditioner: Conditioner,
  largestLogScale: number,
): ClosedForm {
  const inputs = parents.reduce((sum, { domain }) => sum + encodedSizeOf(domain), 0);
  return (columns, initial): ClosedFit | undefined => {
    const rows = columns.value.length;
    if (rows * (inputs + 1) ** 2 > largestWork) return undefined;
    const design = createDesign(parents, columns, rows);
    const { coefficients, mean, sd } = leastSquares(design, standardisedNumbers(variable, columns.value));
    const { weights, shift } = design.toEncoded(coefficients);
    const logScale = Math.max(Math.log(sd), -largestLogScale);
    let derivative = 0;
    for (let row = 0; row < rows; row++)
      derivative += design.weights[row]! * logDerivativeNumber(variable, columns.value[row]!);
    const unit = Math.log(variable.normalisation?.sd ?? 1);
    return {
      isMaximum: conditioner.isLinear,
      method: "least squares",
      parameters: {
        ...conditioner.linear(weights, [mean - shift], initial),
        log_scale: tensorOf([1], [logScale]),
      },
      steps: 0,
      loss:
        0.5 * Math.log(2 * Math.PI) +
        0.5 * Math.exp(2 * (Math.log(sd) - logScale)) +
        logScale +
        unit -
        derivative / design.total,
      warnings:
        Math.log(sd) > -largestLogScale || parents.length === 0 || !conditioner.isLinear
          ? []
          : [
              {
                code: "7039",
                variable: variable.name,
                message: `\`${variable.name}\` is a linear function of its parents in every training row: no noise is left to learn from`,
                hint: `Its noise is held at ${Math.exp(-largestLogScale).toPrecision(2)} of its standard deviation; write the function as an expression if it is known.`,
              },
            ],
    };
  };
}
