/**
 * Interval arithmetic: which values an expression can take, given the domains of its variables and the supports of its
 * noises. Ends may be open (a positive variable never is 0). Undefined stands for "not known": checks are skipped
 * there.
 */
import { shortNumber } from "../diagnostics/short-number.js";
import type { ApplyExpression, Domain, Expression } from "../schema/types.js";
import { compute } from "./evaluate.js";
import { isApply, keyOf } from "./simplify.js";

export interface Range {
  readonly low: number;
  readonly high: number;
  readonly lowOpen: boolean;
  readonly highOpen: boolean;
  /** Of a leaf: only whole numbers. */
  readonly whole?: true;
}

/** The range of a leaf that is no constant. */
export type Ranges = (leaf: Expression) => Range | undefined;

export const everything = open(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);

export function open(low: number, high: number): Range {
  return { low, high, lowOpen: true, highOpen: true };
}

export function closed(low: number, high: number): Range {
  return { low, high, lowOpen: low === Number.NEGATIVE_INFINITY, highOpen: high === Number.POSITIVE_INFINITY };
}

/** Undefined for a domain without numbers, or one that the data will tell. */
export function rangeOfDomain(domain: Domain | null): Range | undefined {
  switch (domain?.kind) {
    case "real":
      return everything;
    case "positive":
      return open(0, Number.POSITIVE_INFINITY);
    case "nonnegative":
      return closed(0, Number.POSITIVE_INFINITY);
    case "interval":
      return closed(domain.low, domain.high);
    case "binary":
      return { ...closed(0, 1), whole: true };
    case "categorical":
    case "ordinal":
      return { ...closed(0, domain.size - 1), whole: true };
    case "count":
      return { ...closed(0, Number.POSITIVE_INFINITY), whole: true };
    default:
      return undefined;
  }
}

export function canBe(range: Range, value: number): boolean {
  const above = range.lowOpen ? value > range.low : value >= range.low;
  const below = range.highOpen ? value < range.high : value <= range.high;
  return above && below;
}

export function isWithin(inner: Range, outer: Range): boolean {
  const low = inner.low > outer.low || (inner.low === outer.low && (inner.lowOpen || !outer.lowOpen));
  const high = inner.high < outer.high || (inner.high === outer.high && (inner.highOpen || !outer.highOpen));
  return low && high;
}

export const isPositive = (range: Range | undefined): boolean =>
  range !== undefined && (range.low > 0 || (range.low === 0 && range.lowOpen));
export const isNegative = (range: Range | undefined): boolean =>
  range !== undefined && (range.high < 0 || (range.high === 0 && range.highOpen));

export function rangeOf(expression: Expression, ranges: Ranges): Range | undefined {
  if (expression.kind === "constant") return closed(expression.value, expression.value);
  if (expression.kind !== "apply") return ranges(expression);
  if (isApply(expression, "if")) return rangeOfIf(expression, ranges);
  const operands: Range[] = [];
  for (const operand of expression.arguments) {
    const range = rangeOf(operand, ranges);
    if (range !== undefined) operands.push(range);
  }
  const known = operands.length === expression.arguments.length;
  const range = known ? rangeOfFunction(expression, operands) : rangeWhateverArguments(expression.function);
  // Parts without a value, such as log(0), are reported as such; nothing is known of what they are part of.
  return range === undefined || Number.isNaN(range.low) || Number.isNaN(range.high) ? undefined : range;
}

function rangeWhateverArguments(name: ApplyExpression["function"]): Range | undefined {
  switch (name) {
    case "sigmoid":
      return open(0, 1);
    case "tanh":
      return open(-1, 1);
    case "exp":
    case "softplus":
      return open(0, Number.POSITIVE_INFINITY);
    case "abs":
    case "sqrt":
      return closed(0, Number.POSITIVE_INFINITY);
    default:
      return undefined;
  }
}

function rangeOfIf({ arguments: [condition, yes, no] }: ApplyExpression, ranges: Ranges): Range | undefined {
  const first = rangeOf(yes!, refine(ranges, condition!, true));
  const second = rangeOf(no!, refine(ranges, condition!, false));
  return first !== undefined && second !== undefined ? hull(first, second) : undefined;
}

function rangeOfFunction({ function: name, arguments: operands }: ApplyExpression, ranges: Range[]): Range | undefined {
  const [a, b, c] = ranges as [Range, Range, Range];
  switch (name) {
    case "add":
      return plus(a, b);
    case "subtract":
      return plus(a, minus(b));
    case "negate":
      return minus(a);
    case "multiply":
      return keyOf(operands[0]!) === keyOf(operands[1]!) ? integerPower(a, 2) : times(a, b);
    case "divide":
      return canBe(b, 0) ? undefined : times(a, reciprocal(b));
    case "power":
      return rangeOfPower(a, b);
    case "exp":
    case "sigmoid":
    case "tanh":
    case "softplus":
    case "log":
    case "sqrt":
    case "logit":
    case "atanh":
    case "softplus_inverse":
      return monotone(name, a);
    case "abs":
      return canBe(a, 0) || (a.low < 0 && a.high > 0) ? upTo(a) : a.low < 0 ? minus(a) : a;
    case "min":
      return ranges.reduce((x, y) => minus(larger(minus(x), minus(y))));
    case "max":
      return ranges.reduce(larger);
    case "clip":
      return minus(larger(minus(larger(a, b)), minus(c)));
    case "if":
      return undefined;
    default:
      return closed(0, 1);
  }
}

function plus(a: Range, b: Range): Range {
  return {
    low: a.low + b.low,
    high: a.high + b.high,
    lowOpen: a.lowOpen || b.lowOpen,
    highOpen: a.highOpen || b.highOpen,
  };
}

function minus({ low, high, lowOpen, highOpen }: Range): Range {
  return { low: 0 - high, high: 0 - low, lowOpen: highOpen, highOpen: lowOpen };
}

interface Corner {
  readonly value: number;
  readonly open: boolean;
}

function times(a: Range, b: Range): Range {
  const ends = ({ low, high, lowOpen, highOpen }: Range): Corner[] => [
    { value: low, open: lowOpen },
    { value: high, open: highOpen },
  ];
  const corners = ends(a).flatMap((x) =>
    ends(b).map((y): Corner => {
      // 0 times anything is 0, an unbounded end included; a closed 0 is reached whatever the other factor.
      const value = x.value === 0 || y.value === 0 ? 0 : x.value * y.value;
      const reached = (x.value === 0 && !x.open) || (y.value === 0 && !y.open);
      return { value, open: !reached && (x.open || y.open) };
    }),
  );
  return between(corners);
}

function between(corners: readonly Corner[]): Range {
  const low = Math.min(...corners.map(({ value }) => value));
  const high = Math.max(...corners.map(({ value }) => value));
  const isOpen = (end: number) => corners.every(({ value, open: isEndOpen }) => value !== end || isEndOpen);
  return { low, high, lowOpen: isOpen(low), highOpen: isOpen(high) };
}

/** Of a range that does not hold 0. */
function reciprocal({ low, high, lowOpen, highOpen }: Range): Range {
  const inverse = (value: number, sign: number) => (value === 0 ? sign * Number.POSITIVE_INFINITY : 1 / value);
  return { low: inverse(high, -1), high: inverse(low, 1), lowOpen: highOpen, highOpen: lowOpen };
}

function rangeOfPower(base: Range, exponent: Range): Range | undefined {
  if (exponent.low === exponent.high && Number.isInteger(exponent.low)) {
    const n = exponent.low;
    if (n >= 0) return integerPower(base, n);
    return canBe(base, 0) || (base.low < 0 && base.high > 0) ? undefined : reciprocal(integerPower(base, -n));
  }
  if (base.low < 0) return undefined;
  // a^b over a box reaches its extremes at the corners, or at a = 1.
  const corners: Corner[] = [];
  for (const [a, aOpen] of [
    [base.low, base.lowOpen],
    [base.high, base.highOpen],
  ] as const) {
    for (const [b, bOpen] of [
      [exponent.low, exponent.lowOpen],
      [exponent.high, exponent.highOpen],
    ] as const) {
      const value = a === 1 ? 1 : a ** b;
      if (Number.isNaN(value)) return open(0, Number.POSITIVE_INFINITY);
      corners.push({ value, open: aOpen || bOpen });
    }
  }
  if (canBe(base, 1) || canBe(exponent, 0)) corners.push({ value: 1, open: false });
  if (canBe(base, 0) && exponent.high > 0) corners.push({ value: 0, open: false });
  return between(corners);
}

function integerPower(base: Range, n: number): Range {
  if (n === 0) return closed(1, 1);
  const ends: Corner[] = [
    { value: base.low ** n, open: base.lowOpen },
    { value: base.high ** n, open: base.highOpen },
  ];
  if (n % 2 === 0 && base.low < 0 && base.high > 0) ends.push({ value: 0, open: false });
  return between(ends);
}

function monotone(name: ApplyExpression["function"], { low, high, lowOpen, highOpen }: Range): Range | undefined {
  const at = (value: number, isOpen: boolean): Corner => {
    const result = compute(name, [value]);
    // Rounding may reach a limit that the function itself does not (`exp(-1000)`), so such an end counts as open.
    const rounded = Number.isFinite(value) && (name === "exp" || name === "softplus" ? result === 0 : false);
    const saturated = Math.abs(result) === 1 && name === "tanh";
    return { value: result, open: isOpen || rounded || saturated || !Number.isFinite(value) };
  };
  const first = at(low, lowOpen);
  const last = at(high, highOpen);
  if (Number.isNaN(first.value) || Number.isNaN(last.value)) return undefined;
  const sigmoidEnds = name === "sigmoid";
  return {
    low: first.value,
    high: last.value,
    lowOpen: first.open || (sigmoidEnds && first.value === 0) || first.value === Number.NEGATIVE_INFINITY,
    highOpen: last.open || (sigmoidEnds && last.value === 1) || last.value === Number.POSITIVE_INFINITY,
  };
}

/** Of an absolute value whose argument may be 0. */
function upTo({ low, high, lowOpen, highOpen }: Range): Range {
  return between([
    { value: 0, open: false },
    { value: Math.abs(low), open: lowOpen },
    { value: Math.abs(high), open: highOpen },
  ]);
}

function larger(a: Range, b: Range): Range {
  const low = Math.max(a.low, b.low);
  const high = Math.max(a.high, b.high);
  return {
    low,
    high,
    // The larger of the two lower ends decides; at equal ends, both must be reached.
    lowOpen: [a, b].some((range) => range.low === low && range.lowOpen),
    highOpen: [a, b].every((range) => range.high !== high || range.highOpen),
  };
}

function hull(a: Range, b: Range): Range {
  return between([
    { value: a.low, open: a.lowOpen },
    { value: a.high, open: a.highOpen },
    { value: b.low, open: b.lowOpen },
    { value: b.high, open: b.highOpen },
  ]);
}

/** What is known inside a branch of `if(leaf < constant, …)`. */
export function refine(ranges: Ranges, condition: Expression, isTrue: boolean): Ranges {
  if (condition.kind !== "apply") return ranges;
  const [left, right] = condition.arguments;
  if (left === undefined || right?.kind !== "constant" || left.kind === "apply" || left.kind === "constant")
    return ranges;
  const key = keyOf(left);
  const bound = right.value;
  const narrow = (range: Range): Range => {
    switch (isTrue ? condition.function : opposite(condition.function)) {
      case "less":
        return { ...range, high: Math.min(range.high, bound), highOpen: range.high < bound ? range.highOpen : true };
      case "less_equal":
        return range.high <= bound ? range : { ...range, high: bound, highOpen: false };
      case "greater":
        return { ...range, low: Math.max(range.low, bound), lowOpen: range.low > bound ? range.lowOpen : true };
      case "greater_equal":
        return range.low >= bound ? range : { ...range, low: bound, lowOpen: false };
      default:
        return range;
    }
  };
  return (leaf) => {
    const range = ranges(leaf);
    if (range === undefined || keyOf(leaf) !== key) return range;
    const narrowed = narrow(range);
    // A branch that can never be taken tells nothing.
    return narrowed.low > narrowed.high ? range : narrowed;
  };
}

function opposite(name: ApplyExpression["function"]): ApplyExpression["function"] | undefined {
  return ({ less: "greater_equal", less_equal: "greater", greater: "less_equal", greater_equal: "less" } as const)[
    name as "less"
  ];
}

/** For messages: "above 0", "from 64 to 255". */
export function describeRange({ low, high, lowOpen, highOpen }: Range): string {
  const [from, to] = [shortNumber(low), shortNumber(high)];
  if (low === high) return `equal to ${from}`;
  if (low === Number.NEGATIVE_INFINITY && high === Number.POSITIVE_INFINITY) return "any number";
  if (high === Number.POSITIVE_INFINITY) return lowOpen ? `any number above ${from}` : `any number from ${from} up`;
  if (low === Number.NEGATIVE_INFINITY) return highOpen ? `any number below ${to}` : `any number up to ${to}`;
  return `anything between ${from} and ${to}`;
}
