/**
 * The values of expressions at numbers. Fitting and queries use tensors; this serves constants and checks.
 */
import type { ApplyExpression, Expression } from "../schema/types.js";

type FunctionName = ApplyExpression["function"];

/** What the leaves of an expression stand for; a leaf that is missing has the value NaN. */
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
  const [a, b, c] = values as [number, number, number];
  switch (name) {
    case "add":
      return a + b;
    case "subtract":
      return a - b;
    case "multiply":
      return a * b;
    case "divide":
      return a / b;
    case "power":
      return a ** b;
    case "negate":
      return -a;
    case "exp":
      return Math.exp(a);
    case "log":
      return Math.log(a);
    case "sqrt":
      return Math.sqrt(a);
    case "sigmoid":
      return 1 / (1 + Math.exp(-a));
    case "logit":
      return Math.log(a) - Math.log1p(-a);
    case "softplus":
      return Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)));
    case "softplus_inverse":
      return a + Math.log(-Math.expm1(-a));
    case "tanh":
      return Math.tanh(a);
    case "atanh":
      return Math.atanh(a);
    case "abs":
      return Math.abs(a);
    case "min":
      return values.reduce((x, y) => Math.min(x, y));
    case "max":
      return values.reduce((x, y) => Math.max(x, y));
    case "clip":
      return Math.min(Math.max(a, b), c);
    case "if":
      return a !== 0 ? b : c;
    case "less":
      return Number(a < b);
    case "less_equal":
      return Number(a <= b);
    case "greater":
      return Number(a > b);
    case "greater_equal":
      return Number(a >= b);
    case "equal":
      return Number(a === b);
    case "not_equal":
      return Number(a !== b);
  }
}
