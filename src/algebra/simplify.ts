/**
 * Small algebra on expressions of the model: it folds constants, drops neutral elements and cancels inverse pairs. Sums
 * and products of many parts become balanced trees, so the depth stays bounded.
 */

import type { ApplyExpression, Expression } from "../schema/types.js";
import { compute } from "./evaluate.js";
import { apply, applyAll, constant } from "./expression.js";

type FunctionName = ApplyExpression["function"];

/** Chains up to this length are built from the left, as written; longer ones as balanced trees. */
const longestChain = 8;

export function add(left: Expression, right: Expression): Expression {
  if (isConstant(left, 0)) return right;
  if (isConstant(right, 0)) return left;
  if (right.kind === "constant" && right.value < 0) return folded(apply("subtract", left, constant(-right.value)));
  if (isApply(right, "negate")) return folded(apply("subtract", left, right.arguments[0]!));
  return folded(apply("add", left, right));
}

export function subtract(left: Expression, right: Expression): Expression {
  if (isConstant(right, 0)) return left;
  if (isConstant(left, 0)) return negate(right);
  if (right.kind === "constant" && right.value < 0) return folded(apply("add", left, constant(-right.value)));
  if (isApply(right, "negate")) return folded(apply("add", left, right.arguments[0]!));
  return folded(apply("subtract", left, right));
}

export function multiply(left: Expression, right: Expression): Expression {
  if (isConstant(left, 1)) return right;
  if (isConstant(right, 1)) return left;
  if (isConstant(left, -1)) return negate(right);
  if (isConstant(right, -1)) return negate(left);
  return folded(apply("multiply", left, right));
}

export function divide(left: Expression, right: Expression): Expression {
  if (isConstant(right, 1)) return left;
  if (isConstant(right, -1)) return negate(left);
  return folded(apply("divide", left, right));
}

export function negate(operand: Expression): Expression {
  if (isApply(operand, "negate")) return operand.arguments[0]!;
  if (isApply(operand, "subtract")) return subtract(operand.arguments[1]!, operand.arguments[0]!);
  return folded(apply("negate", operand));
}

export function power(base: Expression, exponent: Expression): Expression {
  if (isConstant(exponent, 1)) return base;
  return folded(apply("power", base, exponent));
}

/** log|x|, without the bars if the sign is known. */
export function logAbsolute(operand: Expression, isPositive = false): Expression {
  if (isApply(operand, "negate")) return logAbsolute(operand.arguments[0]!, false);
  return simplify(apply("log", isPositive || isApply(operand, "exp") ? operand : simplify(apply("abs", operand))));
}

export function sumOf(parts: readonly Expression[]): Expression {
  return combine(parts, add, constant(0));
}

export function productOf(parts: readonly Expression[]): Expression {
  return combine(parts, multiply, constant(1));
}

function combine(
  parts: readonly Expression[],
  join: (left: Expression, right: Expression) => Expression,
  neutral: Expression,
): Expression {
  const first = parts[0];
  if (first === undefined) return neutral;
  if (parts.length <= longestChain) return parts.slice(1).reduce(join, first);
  const middle = parts.length >> 1;
  return join(combine(parts.slice(0, middle), join, neutral), combine(parts.slice(middle), join, neutral));
}

/**
 * Rebuilds a tree with all rules applied; a node that does not change keeps its identity (and its place in the text).
 */
export function simplify(expression: Expression): Expression {
  if (expression.kind !== "apply") return expression;
  const operands = expression.arguments.map(simplify);
  const rebuilt = operands.every((operand, index) => operand === expression.arguments[index])
    ? expression
    : applyAll(expression.function, operands);
  const [first, second] = operands as [Expression, Expression];
  const result = simplified(rebuilt, first, second);
  return sameShape(result, rebuilt) ? rebuilt : result;
}

function simplified(node: ApplyExpression, first: Expression, second: Expression): Expression {
  switch (node.function) {
    case "add":
      return add(first, second);
    case "subtract":
      return subtract(first, second);
    case "multiply":
      return multiply(first, second);
    case "divide":
      return divide(first, second);
    case "negate":
      return negate(first);
    case "power":
      return power(first, second);
    case "log":
      return isApply(first, "exp") ? first.arguments[0]! : folded(node);
    case "exp":
      return isApply(first, "log") ? first.arguments[0]! : folded(node);
    default:
      return folded(node);
  }
}

function sameShape(left: Expression, right: ApplyExpression): boolean {
  return (
    left.kind === "apply" &&
    left.function === right.function &&
    left.arguments.every((operand, index) => operand === right.arguments[index])
  );
}

export function isConstant(expression: Expression, value: number): boolean {
  return expression.kind === "constant" && expression.value === value;
}

export function isApply<Name extends FunctionName>(
  expression: Expression,
  name: Name,
): expression is ApplyExpression & { function: Name } {
  return expression.kind === "apply" && expression.function === name;
}

/** The constant that the node equals, if all arguments are constants and the result is finite. */
function folded(node: ApplyExpression): Expression {
  const values: number[] = [];
  for (const operand of node.arguments) {
    if (operand.kind !== "constant") return node;
    values.push(operand.value);
  }
  const result = compute(node.function, values);
  return Number.isFinite(result) ? constant(result) : node;
}

/**
 * The expression after products with 0, powers of 0, equal differences and quotients, and fixed conditions are worked
 * out.
 */
export function withoutIdleParts(expression: Expression): Expression {
  if (expression.kind !== "apply") return expression;
  const operands = expression.arguments.map(withoutIdleParts);
  const [first, second, third] = operands as [Expression, Expression, Expression];
  const isSame = (): boolean => keyOf(first) === keyOf(second);
  switch (expression.function) {
    case "multiply":
      if (isConstant(first, 0) || isConstant(second, 0)) return constant(0);
      break;
    case "power":
      if (isConstant(second, 0)) return constant(1);
      break;
    case "subtract":
      if (isSame()) return constant(0);
      break;
    case "divide":
      if (isSame()) return constant(1);
      break;
    case "if":
      if (first.kind === "constant") return first.value === 0 ? third : second;
      if (keyOf(second) === keyOf(third)) return second;
      break;
  }
  return simplify(applyAll(expression.function, operands));
}

/** A text that two expressions share exactly if they are the same tree. */
export function keyOf(expression: Expression): string {
  switch (expression.kind) {
    case "constant":
      return String(expression.value);
    case "apply":
      return `${expression.function}(${expression.arguments.map(keyOf).join(",")})`;
    case "value":
      return "value";
    default:
      return `${expression.kind}:${expression.name}`;
  }
}
