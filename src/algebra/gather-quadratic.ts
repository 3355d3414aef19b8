/**
 * Collects a polynomial of second degree in one part of an expression: `e^2 + 2 * e`, `e * (e + p)` and `exp(2 * e) +
 * exp(e)` are a k² + b k + c with k = e or exp(e), which is a (k + b / 2a)² + (c - b² / 4a), with one occurrence of the
 * noise.
 */

import type { Expression } from "../schema/types.js";
import { apply, constant, hasNoise } from "./expression.js";
import { add, divide, isConstant, keyOf, multiply, negate, simplify, subtract } from "./simplify.js";

/** coefficient · core + rest; only the core contains the noise. */
export interface CompletedSquare {
  readonly coefficient: Expression;
  readonly core: Expression;
  readonly rest: Expression;
}

/** Σ coefficients[i] atomⁱ; a polynomial without an atom is free of the noise. */
interface Polynomial {
  readonly atom?: Expression;
  readonly coefficients: readonly Expression[];
}

const highestDegree = 2;

/** Undefined if the expression is not a polynomial of second degree in one of its parts. */
export function completedSquare(expression: Expression, noise: string): CompletedSquare | undefined {
  const found = polynomialOf(simplify(expression), noise);
  if (found?.atom === undefined) return undefined;
  const [c, b, a] = [0, 1, 2].map((degree) => simplify(found.coefficients[degree] ?? constant(0))) as [
    Expression,
    Expression,
    Expression,
  ];
  if (isConstant(a, 0)) return isConstant(b, 0) ? undefined : { coefficient: b, core: found.atom, rest: c };
  const shift = simplify(divide(b, multiply(constant(2), a)));
  const below = divide(multiply(b, b), multiply(constant(4), a));
  const core = apply("power", add(found.atom, shift), constant(2));
  return { coefficient: a, core, rest: simplify(subtract(c, below)) };
}

function polynomialOf(node: Expression, noise: string): Polynomial | undefined {
  if (!hasNoise(node, noise)) return { coefficients: [node] };
  if (node.kind !== "apply") return atomic(node);
  const [first, second] = node.arguments as [Expression, Expression];
  const of = (part: Expression) => polynomialOf(part, noise);
  switch (node.function) {
    case "add":
      return sum(of(first), of(second));
    case "subtract":
      return sum(of(first), scaled(of(second), negate));
    case "negate":
      return scaled(of(first), negate);
    case "multiply":
      return product(of(first), of(second));
    case "divide":
      return hasNoise(second, noise) ? atomic(node) : scaled(of(first), (part) => divide(part, second));
    case "power":
      return isConstant(second, 2) ? product(of(first), of(first)) : atomic(node);
    case "exp":
      return exponential(node, first);
    default:
      return atomic(node);
  }
}

const atomic = (atom: Expression): Polynomial => ({ atom, coefficients: [constant(0), constant(1)] });

/** exp(2 k) is the square of exp(k). */
function exponential(node: Expression, inner: Expression): Polynomial {
  const [left, right] = inner.kind === "apply" && inner.function === "multiply" ? inner.arguments : [];
  const half = left && isConstant(left, 2) ? right : right && isConstant(right, 2) ? left : undefined;
  if (half === undefined) return atomic(node);
  return { atom: apply("exp", half), coefficients: [constant(0), constant(0), constant(1)] };
}

function commonAtom(left: Polynomial, right: Polynomial): Expression | "none" | undefined {
  if (left.atom === undefined || right.atom === undefined) return left.atom ?? right.atom ?? "none";
  return keyOf(simplify(left.atom)) === keyOf(simplify(right.atom)) ? left.atom : undefined;
}

function joined(atom: Expression | "none", coefficients: readonly Expression[]): Polynomial {
  return atom === "none" ? { coefficients } : { atom, coefficients };
}

function sum(left: Polynomial | undefined, right: Polynomial | undefined): Polynomial | undefined {
  const atom = left && right && commonAtom(left, right);
  if (left === undefined || right === undefined || atom === undefined) return undefined;
  const length = Math.max(left.coefficients.length, right.coefficients.length);
  const at = ({ coefficients }: Polynomial, degree: number) => coefficients[degree] ?? constant(0);
  return joined(
    atom,
    Array.from({ length }, (_, degree) => simplify(add(at(left, degree), at(right, degree)))),
  );
}

function scaled(
  polynomial: Polynomial | undefined,
  by: (coefficient: Expression) => Expression,
): Polynomial | undefined {
  if (polynomial === undefined) return undefined;
  return { ...polynomial, coefficients: polynomial.coefficients.map((coefficient) => simplify(by(coefficient))) };
}

function product(left: Polynomial | undefined, right: Polynomial | undefined): Polynomial | undefined {
  const atom = left && right && commonAtom(left, right);
  if (left === undefined || right === undefined || atom === undefined) return undefined;
  const degree = left.coefficients.length + right.coefficients.length - 2;
  if (degree > highestDegree) return undefined;
  const coefficients: Expression[] = Array.from({ length: degree + 1 }, () => constant(0));
  for (const [i, one] of left.coefficients.entries())
    for (const [j, other] of right.coefficients.entries())
      coefficients[i + j] = simplify(add(coefficients[i + j]!, multiply(one, other)));
  return joined(atom, coefficients);
}
