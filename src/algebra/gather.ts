/**
 * Brings several occurrences of a noise in a sum together: `e + 2 * e` is 3 e, `2 * (exp(e) + t) - exp(e)` is exp(e) +
 * 2 t.
 */

import type { Expression } from "../schema/types.js";
import { apply, constant, hasNoise } from "./expression.js";
import { divide, isConstant, keyOf, multiply, negate, simplify, sumOf } from "./simplify.js";

/** rest + Σ coefficient · core; rest and coefficients are free of the noise, and a core is never a sum. */
export interface LinearForm {
  readonly cores: readonly { readonly coefficient: Expression; readonly core: Expression }[];
  readonly rest: Expression;
}

export function gatherSum(expression: Expression, noise: string): LinearForm {
  const groups = new Map<string, { coefficients: Expression[]; core: Expression }>();
  const rest: Expression[] = [];
  const visit = (node: Expression, factor: Expression): void => {
    if (!hasNoise(node, noise)) {
      rest.push(multiply(factor, node));
      return;
    }
    const split = node.kind === "apply" ? splitTerm(node.function, node.arguments, factor, noise) : undefined;
    if (split !== undefined) {
      for (const [part, partFactor] of split) visit(part, partFactor);
      return;
    }
    const key = keyOf(node);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { coefficients: [factor], core: node });
    else group.coefficients.push(factor);
  };
  visit(expression, constant(1));
  const cores = [...groups.values()]
    .map(({ coefficients, core }) => ({ coefficient: simplify(sumOf(coefficients)), core }))
    .filter(({ coefficient }) => !isConstant(coefficient, 0));
  return { cores, rest: simplify(sumOf(rest)) };
}

type Factored = readonly (readonly [part: Expression, factor: Expression])[];

/** The terms of a sum, or of a product with a factor free of the noise, each with its coefficient. */
function splitTerm(
  name: string,
  [left, right]: readonly Expression[],
  factor: Expression,
  noise: string,
): Factored | undefined {
  switch (name) {
    case "add":
      return [
        [left!, factor],
        [right!, factor],
      ];
    case "subtract":
      return [
        [left!, factor],
        [right!, negate(factor)],
      ];
    case "negate":
      return [[left!, negate(factor)]];
    case "multiply":
      if (!hasNoise(left!, noise)) return [[right!, multiply(factor, left!)]];
      return hasNoise(right!, noise) ? undefined : [[left!, multiply(factor, right!)]];
    case "divide":
      if (!hasNoise(right!, noise)) return [[left!, divide(factor, right!)]];
      return hasNoise(left!, noise) || isConstant(left!, 1)
        ? undefined
        : [[apply("divide", constant(1), right!), multiply(factor, left!)]];
    default:
      return undefined;
  }
}
