/**
 * Solves value = expression(noise, parents) for the noise, and finds log|d noise / d value| (the change of variables of
 * the paper's Eq. 1). The expression is peeled from the outside: each step moves one function to the other side. Sums
 * and products in which the noise occurs several times are first gathered into one occurrence.
 */

import { assertNever } from "../diagnostics/assert-never.js";
import type { DiagnosticCode } from "../diagnostics/catalogue/index.js";
import type { ApplyExpression, Expression } from "../schema/types.js";
import {
  apply,
  constant,
  deepestInverse,
  hasNoise,
  isDeeperThan,
  operandsOf,
  value as ownValue,
} from "./expression.js";
import { functions } from "./functions.js";
import { gatherSum } from "./gather.js";
import { gatherProduct, type Ratio } from "./gather-product.js";
import { type CompletedSquare, completedSquare } from "./gather-quadratic.js";
import { brief } from "./print-expression.js";
import { isNegative, isPositive, type Ranges, rangeOf, refine } from "./range.js";
import {
  add,
  divide,
  isConstant,
  logAbsolute,
  multiply,
  negate,
  power,
  simplify,
  subtract,
  sumOf,
} from "./simplify.js";
import { canBeZero } from "./witness.js";

export interface Solution {
  readonly expression: Expression;
  readonly logDerivative: Expression;
}

export interface Failure {
  readonly code: DiagnosticCode;
  /** The part of the expression that cannot be inverted. */
  readonly at: Expression;
  readonly message: string;
  readonly hint: string;
}

export type Inversion = { readonly solution: Solution } | { readonly failure: Failure };

/** One step: the expression still to be solved, and the value it equals. */
interface Step {
  readonly inner: Expression;
  readonly value: Expression;
  /** log|d (value of the inner part) / d (value of the outer part)| */
  readonly logDerivative: Expression;
}

type Outcome = Step | { readonly failure: Failure } | { readonly solution: Solution };

export function invert(expression: Expression, noiseName: string, ranges: Ranges): Inversion {
  return solve(simplify(expression), ownValue, { noise: noiseName, ranges });
}

interface Task {
  readonly noise: string;
  readonly ranges: Ranges;
}

function solve(expression: Expression, value: Expression, task: Task): Inversion {
  const logs: Expression[] = [];
  let node = expression;
  let current = value;
  for (;;) {
    const size = [current, ...logs].reduce((sum, part) => sum + sizeOf(part), 0);
    if (size > largestSolution) return tooLarge(expression, task);
    if (node.kind !== "apply") {
      const solution = { expression: simplify(current), logDerivative: total(logs) };
      const isDeep = Object.values(solution).some((part) => isDeeperThan(deepestInverse, part, operandsOf));
      return isDeep ? tooLarge(expression, task) : { solution };
    }
    const outcome = peel(node, current, task);
    if ("failure" in outcome) return outcome;
    if ("solution" in outcome) {
      logs.push(outcome.solution.logDerivative);
      return { solution: { expression: outcome.solution.expression, logDerivative: total(logs) } };
    }
    logs.push(outcome.logDerivative);
    node = outcome.inner;
    current = outcome.value;
  }
}

/**
 * The cap on a solution's nodes. Some inverses use their argument more than once (an odd root, a ratio), so nested ones
 * could grow without bound.
 */
const largestSolution = 20_000;

function tooLarge(at: Expression, { noise }: Task): Inversion {
  const message = `solved for \`${noise}\`, this would be an expression of more than ${largestSolution} parts`;
  const hint = "give parts of it variables of their own";
  return { failure: { code: "5017", at, message, hint } };
}

const sizes = new WeakMap<Expression, number>();

/** The number of nodes of the tree; shared parts are counted at each use but visited once. */
function sizeOf(expression: Expression): number {
  if (expression.kind !== "apply") return 1;
  const known = sizes.get(expression);
  if (known !== undefined) return known;
  const size = expression.arguments.reduce((sum, operand) => sum + sizeOf(operand), 1);
  sizes.set(expression, size);
  return size;
}

/** The sum, with its constants added up. */
function total(logs: readonly Expression[]): Expression {
  const parts = logs.map(simplify);
  const isFixed = (part: Expression): boolean => part.kind === "constant";
  return simplify(add(sumOf(parts.filter((part) => !isFixed(part))), sumOf(parts.filter(isFixed))));
}

function peel(node: ApplyExpression, value: Expression, task: Task): Outcome {
  const inner = node.arguments[0]!;
  const fail = (code: DiagnosticCode, message: string, hint: string, at: Expression = node): Outcome => ({
    failure: { code, at, message, hint },
  });
  const { inversion } = functions[node.function];
  switch (inversion.kind) {
    case "one-to-one": {
      const { x, logDerivative } = inversion.solve(value);
      return { inner, value: x, logDerivative };
    }
    case "arithmetic":
      return peelArithmetic(node, value, task);
    case "power":
      return peelPower(node, value, task);
    case "abs": {
      const range = rangeOf(inner, task.ranges);
      if (range !== undefined && range.low >= 0) return { inner, value, logDerivative: constant(0) };
      if (range !== undefined && range.high <= 0) return { inner, value: negate(value), logDerivative: constant(0) };
      return fail("5006", `\`${brief(node)}\` is the same for two values of \`${task.noise}\``, oneToOneHint(task));
    }
    case "if":
      return peelIf(node, value, task);
    case "many-to-one":
      return fail(
        "5006",
        `\`${brief(node)}\` maps many values of \`${task.noise}\` to one`,
        "`softplus` and `sigmoid` bound a value smoothly and can be inverted",
      );
    case "none":
      return fail("5006", `\`${brief(node)}\` cannot be solved for \`${task.noise}\``, oneToOneHint(task));
    default:
      return assertNever(inversion);
  }
}

const oneToOneHint = ({ noise }: Task): string =>
  `use a function that is one-to-one in \`${noise}\`, such as exp(${noise})`;

function peelArithmetic(node: ApplyExpression, value: Expression, task: Task): Outcome {
  const sum = gatherSum(node, task.noise);
  if (sum.cores.length === 0) {
    const message = `\`${task.noise}\` cancels out of \`${brief(node)}\``;
    return { failure: { code: "2012", at: node, message, hint: `leave \`${task.noise}\` out` } };
  }
  const squared = sum.cores.length > 1 ? completedSquare(node, task.noise) : undefined;
  if (sum.cores.length > 1 && squared === undefined) return severalOccurrences(node, task);
  const { coefficient, core, rest } = squared ?? { ...sum.cores[0]!, rest: sum.rest };
  // The sum was only a product of parts that all contain the noise.
  if (isConstant(coefficient, 1) && isConstant(rest, 0)) return peelProduct(node, core, value, task);
  return peelAffine(node, { coefficient, core, rest }, value, task);
}

/** value = coefficient · core + rest */
function peelAffine(
  node: ApplyExpression,
  { coefficient, core, rest }: CompletedSquare,
  value: Expression,
  task: Task,
): Outcome {
  const range = rangeOf(coefficient, task.ranges);
  if (canBeZero(coefficient, task.ranges)) return zeroCoefficient(node, coefficient, task);
  const slope = logAbsolute(coefficient, isPositive(range));
  return { inner: core, value: divide(subtract(value, rest), coefficient), logDerivative: negate(slope) };
}

function zeroCoefficient(at: Expression, coefficient: Expression, { noise }: Task): Outcome {
  const text = brief(coefficient);
  const message = `\`${noise}\` is multiplied by \`${text}\`, which may be 0: then the value says nothing of the noise`;
  const hint =
    coefficient.kind === "variable"
      ? `declare \`${text} : positive\`, or multiply by \`exp(${text})\``
      : `multiply by something that is never 0, such as \`exp(${text})\``;
  return { failure: { code: "5007", at, message, hint } };
}

function severalOccurrences(at: Expression, { noise }: Task): Outcome {
  const message = `\`${brief(at)}\` holds the noise \`${noise}\` more than once and cannot be solved for it`;
  return { failure: { code: "5005", at, message, hint: `rewrite it so that \`${noise}\` occurs once` } };
}

function peelProduct(outer: ApplyExpression, core: Expression, value: Expression, task: Task): Outcome {
  const gathered = gatherProduct(core, task.noise);
  if (gathered === undefined) {
    const squared = completedSquare(core, task.noise);
    return squared === undefined ? severalOccurrences(outer, task) : peelAffine(outer, squared, value, task);
  }
  if (gathered.kind === "ratio") return peelRatio(gathered, outer, value, task);
  const { coefficient, base, exponent } = gathered;
  if (exponent === 0) {
    const message = `\`${task.noise}\` cancels out of \`${brief(outer)}\``;
    return { failure: { code: "2012", at: outer, message, hint: `leave \`${task.noise}\` out` } };
  }
  const range = rangeOf(coefficient, task.ranges);
  if (canBeZero(coefficient, task.ranges)) return zeroCoefficient(outer, coefficient, task);
  const slope = logAbsolute(coefficient, isPositive(range));
  const inner = exponent === 1 ? base : apply("power", base, constant(exponent));
  return { inner, value: divide(value, coefficient), logDerivative: negate(slope) };
}

/** value = (a k + b) / (c k + d), so k = (d value - b) / (a - c value), with slope (a d - b c) / (a - c value)². */
function peelRatio({ core, a, b, c, d }: Ratio, outer: Expression, value: Expression, task: Task): Outcome {
  const determinant = simplify(subtract(multiply(a, d), multiply(b, c)));
  const range = rangeOf(determinant, task.ranges);
  if (canBeZero(determinant, task.ranges)) return zeroCoefficient(outer, determinant, task);
  const divisor = simplify(subtract(a, multiply(c, value)));
  const logDerivative = subtract(
    logAbsolute(determinant, isPositive(range)),
    multiply(constant(2), logAbsolute(divisor)),
  );
  return { inner: core, value: divide(subtract(multiply(d, value), b), divisor), logDerivative };
}

function peelPower(node: ApplyExpression, value: Expression, task: Task): Outcome {
  const [base, exponent] = node.arguments as [Expression, Expression];
  if (!hasNoise(exponent, task.noise)) return peelBase(node, base, exponent, value, task);
  if (hasNoise(base, task.noise)) return severalOccurrences(node, task);
  if (canBeZero(simplify(subtract(base, constant(1))), task.ranges)) {
    const message = `\`${brief(base)}\` may be 1, and then \`${brief(node)}\` says nothing of the noise`;
    return {
      failure: { code: "5007", at: node, message, hint: `use a base that is never 1, or \`exp(${brief(exponent)})\`` },
    };
  }
  const logBase = simplify(apply("log", base));
  const solved = divide(apply("log", value), logBase);
  return { inner: exponent, value: solved, logDerivative: negate(add(apply("log", value), logAbsolute(logBase))) };
}

function peelBase(
  node: ApplyExpression,
  base: Expression,
  exponent: Expression,
  value: Expression,
  task: Task,
): Outcome {
  const range = rangeOf(base, task.ranges);
  const fixed = exponent.kind === "constant" ? exponent.value : undefined;
  const isWhole = fixed !== undefined && Number.isInteger(fixed);
  const exponentRange = rangeOf(exponent, task.ranges);
  if (canBeZero(exponent, task.ranges)) return zeroCoefficient(node, exponent, task);
  const inverse = simplify(divide(constant(1), exponent));
  const step = (root: Expression, isValuePositive: boolean): Outcome => ({
    inner: base,
    value: root,
    // d base / d value = value ^ (1 / exponent - 1) / exponent
    logDerivative: subtract(
      multiply(simplify(subtract(inverse, constant(1))), logAbsolute(value, isValuePositive)),
      logAbsolute(exponent, isPositive(exponentRange)),
    ),
  });
  if (fixed === -1) return step(divide(constant(1), value), false);
  if (range === undefined ? !isWhole : range.low >= 0) return step(power(value, inverse), true);
  if (fixed !== undefined && fixed % 2 !== 0) return step(oddRoot(value, inverse), false);
  if (isNegative(range) || range?.high === 0) return step(negate(power(value, inverse)), true);
  const message =
    range === undefined
      ? `whether \`${brief(node)}\` can be solved for \`${task.noise}\` depends on types that are left out`
      : `\`${brief(node)}\` is the same for two values of \`${task.noise}\`, as \`${brief(base)}\` may be negative`;
  const hint = range === undefined ? "state the types of the parents" : oneToOneHint(task);
  return { failure: { code: "5006", at: node, message, hint } };
}

/** The real root of an odd power, for values of either sign. */
function oddRoot(value: Expression, inverse: Expression): Expression {
  const root = power(apply("abs", value), inverse);
  return apply("if", apply("less", value, constant(0)), negate(root), root);
}

function peelIf(node: ApplyExpression, value: Expression, task: Task): Outcome {
  const [condition, yes, no] = node.arguments as [Expression, Expression, Expression];
  const fail = (code: DiagnosticCode, at: Expression, message: string, hint: string): Outcome => ({
    failure: { code, at, message, hint },
  });
  if (hasNoise(condition, task.noise)) {
    const message = `the condition \`${brief(condition)}\` holds the noise \`${task.noise}\``;
    return fail("5008", condition, message, "let the condition depend on parents only");
  }
  const without = [yes, no].find((branch) => !hasNoise(branch, task.noise));
  if (without !== undefined) {
    const message = `where \`${brief(without)}\` is chosen, the value says nothing of the noise \`${task.noise}\``;
    return fail("5006", without, message, `let both branches use \`${task.noise}\``);
  }
  const first = solve(yes, value, { ...task, ranges: refine(task.ranges, condition, true) });
  if ("failure" in first) return first;
  const second = solve(no, value, { ...task, ranges: refine(task.ranges, condition, false) });
  if ("failure" in second) return second;
  return {
    solution: {
      expression: apply("if", condition, first.solution.expression, second.solution.expression),
      logDerivative: apply("if", condition, first.solution.logDerivative, second.solution.logDerivative),
    },
  };
}
