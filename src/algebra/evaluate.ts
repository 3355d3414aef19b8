/** Evaluates expressions at numbers. Fitting and queries use tensors; this serves constants and checks. */
import type { Expression } from "../schema/types.js";
import { type FunctionName, functions } from "./functions.js";

/** The values of an expression's leaves; a missing leaf has the value NaN. */
export interface Leaves {
  readonly variables?: ReadonlyMap<string, number>;
  readonly noises?: ReadonlyMap<string, number>;
  readonly value?: number;
}

// Expressions are as deep as the parser and the loader allow, so recursion is safe here.
export function evaluate(expression: Expression, leaves: Leaves): number {
  switch (expression.kind) {
    case "constant":
      return expression.value;
    case "variable":
    case "natural":
      return leaves.variables?.get(expression.name) ?? Number.NaN;
    case "noise":
      return leaves.noises?.get(expression.name) ?? Number.NaN;
    case "value":
      return leaves.value ?? Number.NaN;
    case "apply":
      return compute(
        expression.function,
        expression.arguments.map((operand) => evaluate(operand, leaves)),
      );
  }
}

/** The value of a function of the model at numbers; conditions are 1 and 0. */
export function compute(name: FunctionName, values: readonly number[]): number {
  return functions[name].value(values);
}
