/** The arithmetic of a query over its terms: on numbers, or on figures with intervals. */
import type { QueryApply, QueryExpression, QueryTerm } from "../../../schema/types.js";

/** A function of the query's arithmetic each. */
export interface Arithmetic<Figure> {
  readonly constant: (value: number) => Figure;
  readonly apply: Readonly<Record<QueryApply["function"], (a: Figure, b: Figure) => Figure>>;
}

export const numbers: Arithmetic<number> = {
  constant: (value) => value,
  apply: {
    add: (a, b) => a + b,
    subtract: (a, b) => a - b,
    multiply: (a, b) => a * b,
    divide: (a, b) => a / b,
    negate: (a) => -a,
  },
};

export function evaluateQuery<Figure>(
  expression: QueryExpression,
  valueOfTerm: (term: QueryTerm) => Figure,
  arithmetic: Arithmetic<Figure>,
): Figure {
  if (expression.kind === "constant") return arithmetic.constant(expression.value);
  if (expression.kind !== "apply") return valueOfTerm(expression);
  const [a, b] = expression.arguments.map((argument) => evaluateQuery(argument, valueOfTerm, arithmetic)) as [
    Figure,
    Figure,
  ];
  return arithmetic.apply[expression.function](a, b);
}
