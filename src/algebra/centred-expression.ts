/**
 * Expressions over values minus their origins. A program computes in single precision with v - origin(v) in place of v.
 * So each subexpression is kept as `rest + offset`: the rest is an expression of centred values, the offset a double.
 * Offsets are added, subtracted and scaled here in double precision, so `z - 1e8` with `z` near 1e8 becomes the centred
 * `z` alone.
 */

import type { ApplyExpression, Expression } from "../schema/types.js";
import { compute } from "./evaluate.js";
import { apply, constant, nodesOf } from "./expression.js";

/** The origins of the quantities that the leaves of an expression stand for. */
export interface Origins {
  readonly variable: (name: string) => number;
  readonly noise: (name: string) => number;
  /** The mechanism's own value, inside an inverse. */
  readonly value: number;
}

interface Form {
  /** Undefined for a constant. */
  readonly rest: Expression | undefined;
  readonly offset: number;
  /** The value itself, present when computing it as rest + offset would be less precise. */
  readonly whole?: Expression;
}

/** `expression - target`; the same object when no origin enters. */
export function centredExpression(expression: Expression, origins: Origins, target: number): Expression {
  return target === 0 && !readsCentred(expression, origins) ? expression : less(formOf(expression, origins), target);
}

/** The expression as `rest + offset`; the offset is 0 when no origin enters. */
export function splitExpression(expression: Expression, origins: Origins): { rest: Expression; offset: number } {
  if (!readsCentred(expression, origins)) return { rest: expression, offset: 0 };
  const { rest = constant(0), offset } = formOf(expression, origins);
  return { rest, offset };
}

function readsCentred(expression: Expression, origins: Origins): boolean {
  for (const node of nodesOf(expression)) if (originOfLeaf(node, origins) !== 0) return true;
  return false;
}

function originOfLeaf(node: Expression, origins: Origins): number {
  switch (node.kind) {
    case "variable":
    case "natural":
      return origins.variable(node.name);
    case "noise":
      return origins.noise(node.name);
    case "value":
      return origins.value;
    case "constant":
    case "apply":
      return 0;
  }
}

// Expressions are as deep as the parser and the loader allow, so recursion is safe here.
function formOf(expression: Expression, origins: Origins): Form {
  if (expression.kind === "constant") return { rest: undefined, offset: expression.value };
  if (expression.kind !== "apply") return { rest: expression, offset: originOfLeaf(expression, origins) };
  const forms = expression.arguments.map((operand) => formOf(operand, origins));
  if (forms.every(({ rest }) => rest === undefined))
    return {
      rest: undefined,
      offset: compute(
        expression.function,
        forms.map(({ offset }) => offset),
      ),
    };
  const plain: Form = { rest: apply(expression.function, ...forms.map(wholeOf)), offset: 0 };
  // Splitting gains nothing when no operand has an offset, or when an offset is not finite.
  if (!forms.every(({ offset }) => Number.isFinite(offset))) return plain;
  const found = rules[expression.function](forms as [Form, Form, Form], expression.function);
  return found !== undefined && Number.isFinite(found.offset) ? found : plain;
}

/** The value of a form minus a constant. */
function less({ rest, offset, whole }: Form, target: number): Expression {
  if (target === 0 && whole !== undefined) return whole;
  const shift = offset - target;
  if (rest === undefined) return constant(shift);
  return shift === 0 ? rest : apply("add", rest, constant(shift));
}

const wholeOf = (form: Form): Expression => less(form, 0);
const restOf = ({ rest = constant(0) }: Form): Expression => rest;

function sum(left: Expression | undefined, right: Expression | undefined): Expression | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return apply("add", left, right);
}

function scaled(expression: Expression | undefined, factor: number): Expression | undefined {
  if (expression === undefined || factor === 0) return undefined;
  if (factor === 1) return expression;
  return factor === -1 ? apply("negate", expression) : apply("multiply", constant(factor), expression);
}

const negated = (form: Form): Form => ({
  rest: scaled(form.rest, -1),
  offset: -form.offset,
  ...(form.whole === undefined ? {} : { whole: apply("negate", form.whole) }),
});

/** The whole value of a function of two forms, if one of them has a better value than rest + offset. */
const wholeBy = (name: ApplyExpression["function"], a: Form, b: Form): Pick<Form, "whole"> =>
  a.whole === undefined && b.whole === undefined ? {} : { whole: apply(name, wholeOf(a), wholeOf(b)) };

/**
 * Adds or subtracts two forms. If the offsets cancel, the better whole value is dropped with them, because the rest
 * holds what is left.
 */
function added(name: "add" | "subtract", a: Form, b: Form, rest: Expression | undefined): Form {
  const offset = name === "add" ? a.offset + b.offset : a.offset - b.offset;
  const cancels = Math.abs(offset) < 0.5 * Math.max(Math.abs(a.offset), Math.abs(b.offset));
  return { rest, offset, ...(cancels ? {} : wholeBy(name, a, b)) };
}

/** (a + α)(b + β) = a (b + β) + α b + αβ */
function product(a: Form, b: Form): Form | undefined {
  if (a.rest === undefined)
    return { rest: scaled(b.rest, a.offset), offset: a.offset * b.offset, ...wholeBy("multiply", a, b) };
  if (b.rest === undefined) return product(b, a);
  if (Math.abs(b.offset) > Math.abs(a.offset)) return product(b, a);
  if (Math.abs(a.offset) < smallestOffset) return undefined;
  return {
    rest: sum(apply("multiply", a.rest, wholeOf(b)), scaled(b.rest, a.offset)),
    offset: a.offset * b.offset,
    whole: apply("multiply", wholeOf(a), wholeOf(b)),
  };
}

/** (a + α)/(b + β) - α/β = (a - (α/β) b)/(b + β) */
function quotient(a: Form, b: Form): Form | undefined {
  if (b.rest === undefined)
    return {
      rest: a.rest && apply("divide", a.rest, constant(b.offset)),
      offset: a.offset / b.offset,
      ...wholeBy("divide", a, b),
    };
  if (Math.abs(b.offset) < smallestOffset) return undefined;
  const ratio = a.offset / b.offset;
  const above = sum(a.rest, scaled(b.rest, -ratio));
  return {
    rest: above && apply("divide", above, wholeOf(b)),
    offset: ratio,
    whole: apply("divide", wholeOf(a), wholeOf(b)),
  };
}

/** Products with an offset below this are computed as written, because the lost precision is negligible. */
const smallestOffset = 2 ** 10;

/** One of several forms, brought to the largest offset among them. */
function choice(name: ApplyExpression["function"], forms: readonly Form[], before: readonly Expression[] = []): Form {
  const offset = forms.reduce((most, form) => (Math.abs(form.offset) > Math.abs(most) ? form.offset : most), 0);
  return {
    rest: apply(name, ...before, ...forms.map((form) => less({ rest: form.rest, offset: form.offset }, offset))),
    offset,
    whole: apply(name, ...before, ...forms.map(wholeOf)),
  };
}

function comparison([a, b]: readonly [Form, Form, Form], name: ApplyExpression["function"]): Form {
  return { rest: apply(name, restOf(a), less({ rest: b.rest, offset: b.offset }, a.offset)), offset: 0 };
}

type Rule = (forms: readonly [Form, Form, Form], name: ApplyExpression["function"]) => Form | undefined;
/** The rule for a function whose value has no useful split: only its whole value is used. */
const none: Rule = () => undefined;

const rules: Record<ApplyExpression["function"], Rule> = {
  add: ([a, b]) => added("add", a, b, sum(a.rest, b.rest)),
  subtract: ([a, b]) =>
    added("subtract", a, b, a.rest && b.rest ? apply("subtract", a.rest, b.rest) : (a.rest ?? scaled(b.rest, -1))),
  negate: ([a]) => negated(a),
  multiply: ([a, b]) => product(a, b),
  divide: ([a, b]) => quotient(a, b),
  /** (a + α)² = (a + α) a + α a + α² */
  power: ([a, b]) => (b.rest === undefined && b.offset === 2 ? product(a, a) : undefined),
  /** exp(a + α) = exp(α) (1 + expm1(a)), with expm1(a) = 2 t/(1 - t) and t = tanh(a/2) near 0. */
  exp([a]) {
    const rest = restOf(a);
    const half = apply("tanh", apply("multiply", constant(0.5), rest));
    const near = apply("divide", apply("multiply", constant(2), half), apply("subtract", constant(1), half));
    const far = apply("subtract", apply("exp", rest), constant(1));
    const factor = Math.exp(a.offset);
    return {
      rest: scaled(apply("if", apply("less", apply("abs", rest), constant(0.5)), near, far), factor),
      offset: factor,
      whole: apply("exp", wholeOf(a)),
    };
  },
  /** log(a + α) = log α + 2 atanh(a/(2α + a)) */
  log([a]) {
    if (a.offset <= 0) return undefined;
    const rest = restOf(a);
    const ratio = apply("divide", rest, apply("add", rest, constant(2 * a.offset)));
    return {
      rest: apply("multiply", constant(2), apply("atanh", ratio)),
      offset: Math.log(a.offset),
    };
  },
  /** √(a + α) - √α = a/(√(a + α) + √α) */
  sqrt([a]) {
    if (a.offset <= 0) return undefined;
    const root = Math.sqrt(a.offset);
    const whole = apply("sqrt", wholeOf(a));
    return { rest: apply("divide", restOf(a), apply("add", whole, constant(root))), offset: root, whole };
  },
  /** |a + α| = α + (a, or -a - 2α where a < -α), for α > 0 */
  abs([a]) {
    const { rest, offset } = a.offset < 0 ? negated(a) : a;
    if (offset < smallestOffset || rest === undefined) return undefined;
    const mirrored = apply("subtract", constant(-2 * offset), rest);
    return {
      rest: apply("if", apply("less", rest, constant(-offset)), mirrored, rest),
      offset,
      whole: apply("abs", wholeOf(a)),
    };
  },
  min: (forms, name) => choice(name, forms),
  max: (forms, name) => choice(name, forms),
  clip: (forms, name) => choice(name, forms),
  if: ([condition, a, b], name) => choice(name, [a, b], [wholeOf(condition)]),
  less: comparison,
  less_equal: comparison,
  greater: comparison,
  greater_equal: comparison,
  equal: comparison,
  not_equal: comparison,
  sigmoid: none,
  logit: none,
  softplus: none,
  softplus_inverse: none,
  tanh: none,
  atanh: none,
};
