/**
 * The table of the functions of the language and of the model, with everything that is known about each. A function is
 * added here. It also needs an entry in `centred-expression.ts` (values about an origin) and in
 * `runtime/tensors/core/expressions.ts` (tensors); those are `Record`s over all names and do not compile without it.
 * Its name is one of the schema's.
 */
import type { ApplyExpression, Expression } from "../schema/types.js";
import { apply, constant } from "./expression.js";
import {
  canBe,
  closed,
  integerPower,
  larger,
  minus,
  monotone,
  open,
  plus,
  type Range,
  rangeOfPower,
  reciprocal,
  times,
  upTo,
} from "./intervals.js";

export type FunctionName = ApplyExpression["function"];

/** The degree in unknown normal quantities. 0: a constant of the unit; 1: affine; 2: anything else. */
export type Degree = 0 | 1 | 2;

/**
 * The way y = f(x) is solved for x. `one-to-one`: by this expression of y, with log|dx / dy|. The other kinds have
 * rules of their own in `invert.ts`, or cannot be solved.
 */
export type Inversion =
  | {
      readonly kind: "one-to-one";
      readonly solve: (y: Expression) => { readonly x: Expression; readonly logDerivative: Expression };
    }
  | { readonly kind: "arithmetic" | "power" | "abs" | "if" }
  /** Several arguments give the same value. */
  | { readonly kind: "many-to-one" }
  | { readonly kind: "none" };

export interface FunctionEntry {
  /** The call by name in a program; absent if only operators or inverses give the function. */
  readonly call?: { readonly minimum: number; readonly maximum: number; readonly signature: string };
  /** The symbol written between the two arguments, and how strongly it binds them. */
  readonly infix?: readonly [symbol: string, binding: number];
  /** The value at numbers; conditions are 1 and 0. */
  readonly value: (values: readonly number[]) => number;
  /**
   * The range of values for arguments in these ranges; undefined if it is not known. `same` tells if the first two
   * arguments are the same expression.
   */
  readonly range: (ranges: readonly Range[], same: () => boolean) => Range | undefined;
  /** The range of values whatever the arguments. */
  readonly always?: Range;
  readonly inversion: Inversion;
  /** The degree of the value, given the degrees of its arguments, at least one of which is not a constant. */
  readonly degree: (degrees: readonly Degree[]) => Degree;
}

const positive = open(0, Number.POSITIVE_INFINITY);
const nonnegative = closed(0, Number.POSITIVE_INFINITY);
const neverAffine = (): Degree => 2;
const largest = (degrees: readonly Degree[]): Degree => Math.max(...degrees) as Degree;

/** A function of one number that grows with it. `never` lists limits that are reached only by rounding. */
function growing(
  value: (x: number) => number,
  inversion: Inversion,
  more: Pick<FunctionEntry, "call" | "always"> & { readonly never?: readonly number[] } = {},
): FunctionEntry {
  const { never = [], ...rest } = more;
  return {
    ...rest,
    value: ([x]) => value(x!),
    range: ([x]) => monotone(value, x!, { never }),
    inversion,
    degree: neverAffine,
  };
}

const called = (name: string) => ({ minimum: 1, maximum: 1, signature: `${name}(value)` });
const several = (name: string) => ({
  minimum: 2,
  maximum: Number.POSITIVE_INFINITY,
  signature: `${name}(a, b, …)`,
});

const oneToOne = (
  solve: (y: Expression) => { readonly x: Expression; readonly logDerivative: Expression },
): Inversion => ({ kind: "one-to-one", solve });

/** For functions that only inverses use, so their argument is never solved for. */
const unsolved: Inversion = { kind: "none" };
const arithmetic: Inversion = { kind: "arithmetic" };
const manyToOne: Inversion = { kind: "many-to-one" };

const negated = (x: Expression) => apply("negate", x);
const log = (x: Expression) => apply("log", x);

function comparison(symbol: string, holds: (a: number, b: number) => boolean): FunctionEntry {
  return {
    infix: [symbol, 1],
    value: ([a, b]) => Number(holds(a!, b!)),
    range: () => closed(0, 1),
    inversion: unsolved,
    degree: neverAffine,
  };
}

export const functions: Readonly<Record<FunctionName, FunctionEntry>> = {
  add: {
    infix: ["+", 2],
    value: ([a, b]) => a! + b!,
    range: ([a, b]) => plus(a!, b!),
    inversion: arithmetic,
    degree: largest,
  },
  subtract: {
    infix: ["-", 2],
    value: ([a, b]) => a! - b!,
    range: ([a, b]) => plus(a!, minus(b!)),
    inversion: arithmetic,
    degree: largest,
  },
  negate: { value: ([a]) => -a!, range: ([a]) => minus(a!), inversion: arithmetic, degree: largest },
  multiply: {
    infix: ["*", 3],
    value: ([a, b]) => a! * b!,
    range: ([a, b], same) => (same() ? integerPower(a!, 2) : times(a!, b!)),
    inversion: arithmetic,
    degree: ([a, b]) => Math.min(2, a! + b!) as Degree,
  },
  divide: {
    infix: ["/", 3],
    value: ([a, b]) => a! / b!,
    range: ([a, b]) => (canBe(b!, 0) ? undefined : times(a!, reciprocal(b!))),
    inversion: arithmetic,
    degree: ([a, b]) => (b === 0 ? a! : 2),
  },
  power: {
    infix: ["^", 5],
    value: ([a, b]) => a! ** b!,
    range: ([a, b]) => rangeOfPower(a!, b!),
    inversion: { kind: "power" },
    degree: neverAffine,
  },
  exp: growing(
    Math.exp,
    oneToOne((y) => ({ x: log(y), logDerivative: negated(log(y)) })),
    { call: called("exp"), always: positive, never: [0] },
  ),
  log: growing(
    Math.log,
    oneToOne((y) => ({ x: apply("exp", y), logDerivative: y })),
    { call: called("log") },
  ),
  sqrt: growing(
    Math.sqrt,
    oneToOne((y) => ({
      x: apply("power", y, constant(2)),
      logDerivative: log(apply("multiply", constant(2), y)),
    })),
    { call: called("sqrt"), always: nonnegative },
  ),
  sigmoid: growing(
    (x) => 1 / (1 + Math.exp(-x)),
    oneToOne((y) => ({
      x: apply("logit", y),
      logDerivative: negated(log(apply("multiply", y, apply("subtract", constant(1), y)))),
    })),
    { call: called("sigmoid"), always: open(0, 1), never: [0, 1] },
  ),
  logit: growing((x) => Math.log(x) - Math.log1p(-x), unsolved),
  softplus: growing(
    (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    oneToOne((y) => {
      const x = apply("softplus_inverse", y);
      return { x, logDerivative: apply("subtract", y, x) };
    }),
    { call: called("softplus"), always: positive, never: [0] },
  ),
  softplus_inverse: growing((x) => x + Math.log(-Math.expm1(-x)), unsolved),
  tanh: growing(
    Math.tanh,
    oneToOne((y) => ({
      x: apply("atanh", y),
      logDerivative: negated(log(apply("subtract", constant(1), apply("power", y, constant(2))))),
    })),
    { call: called("tanh"), always: open(-1, 1), never: [-1, 1] },
  ),
  atanh: growing(Math.atanh, unsolved),
  abs: {
    call: called("abs"),
    value: ([a]) => Math.abs(a!),
    range: ([a]) => (canBe(a!, 0) || (a!.low < 0 && a!.high > 0) ? upTo(a!) : a!.low < 0 ? minus(a!) : a!),
    always: nonnegative,
    inversion: { kind: "abs" },
    degree: neverAffine,
  },
  min: {
    call: several("min"),
    value: (values) => values.reduce((x, y) => Math.min(x, y)),
    range: (ranges) => ranges.reduce((x, y) => minus(larger(minus(x), minus(y)))),
    inversion: manyToOne,
    degree: neverAffine,
  },
  max: {
    call: several("max"),
    value: (values) => values.reduce((x, y) => Math.max(x, y)),
    range: (ranges) => ranges.reduce(larger),
    inversion: manyToOne,
    degree: neverAffine,
  },
  clip: {
    call: { minimum: 3, maximum: 3, signature: "clip(value, low, high)" },
    value: ([a, low, high]) => Math.min(Math.max(a!, low!), high!),
    range: ([a, low, high]) => minus(larger(minus(larger(a!, low!)), minus(high!))),
    inversion: manyToOne,
    degree: neverAffine,
  },
  if: {
    call: { minimum: 3, maximum: 3, signature: "if(condition, then, else)" },
    value: ([condition, yes, no]) => (condition !== 0 ? yes! : no!),
    // `rangeOf` handles this function itself, because it looks at each branch under its condition.
    range: () => undefined,
    inversion: { kind: "if" },
    degree: ([condition, yes, no]) => (condition === 0 ? largest([yes!, no!]) : 2),
  },
  less: comparison("<", (a, b) => a < b),
  less_equal: comparison("<=", (a, b) => a <= b),
  greater: comparison(">", (a, b) => a > b),
  greater_equal: comparison(">=", (a, b) => a >= b),
  equal: comparison("==", (a, b) => a === b),
  not_equal: comparison("!=", (a, b) => a !== b),
};
