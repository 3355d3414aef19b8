/**
 * Interval arithmetic: the values an expression can take, given the domains of its variables and the supports of its
 * noises. Undefined means "not known", and checks are then skipped. The table of functions says what each function does
 * to ranges.
 */
import { assertNever } from "../diagnostics/assert-never.js";
import type { ApplyExpression, Domain, Expression } from "../schema/types.js";
import { type FunctionName, functions } from "./functions.js";
import { closed, everything, hull, open, type Range } from "./intervals.js";
import { isApply, keyOf } from "./simplify.js";

export * from "./intervals.js";

/** Gives the range of a leaf that is not a constant. */
export type Ranges = (leaf: Expression) => Range | undefined;

/** Undefined for a domain without numbers, or one that only the data determine. */
export function rangeOfDomain(domain: Domain | null): Range | undefined {
  if (domain === null) return undefined;
  switch (domain.kind) {
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
    case "vector":
    case "image":
      return undefined;
    default:
      return assertNever(domain);
  }
}

export function rangeOf(expression: Expression, ranges: Ranges): Range | undefined {
  if (expression.kind === "constant") return closed(expression.value, expression.value);
  if (expression.kind !== "apply") return ranges(expression);
  if (isApply(expression, "if")) return rangeOfIf(expression, ranges);
  const operands: Range[] = [];
  for (const operand of expression.arguments) {
    const range = rangeOf(operand, ranges);
    if (range !== undefined) operands.push(range);
  }
  const { range: of, always } = functions[expression.function];
  const [first, second] = expression.arguments;
  const known = operands.length === expression.arguments.length;
  const range = known ? of(operands, () => keyOf(first!) === keyOf(second!)) : always;
  // A part without a value, such as log(0), is reported itself; nothing is known about the expression that contains it.
  return range === undefined || Number.isNaN(range.low) || Number.isNaN(range.high) ? undefined : range;
}

function rangeOfIf({ arguments: [condition, yes, no] }: ApplyExpression, ranges: Ranges): Range | undefined {
  const first = rangeOf(yes!, refine(ranges, condition!, true));
  const second = rangeOf(no!, refine(ranges, condition!, false));
  return first !== undefined && second !== undefined ? hull(first, second) : undefined;
}

/** The ranges inside a branch of `if(leaf < constant, …)`. */
export function refine(ranges: Ranges, condition: Expression, isTrue: boolean): Ranges {
  if (condition.kind !== "apply") return ranges;
  const [left, right] = condition.arguments;
  if (left === undefined || right?.kind !== "constant" || left.kind === "apply" || left.kind === "constant")
    return ranges;
  const key = keyOf(left);
  const bound = right.value;
  const narrow = (range: Range): Range => {
    switch (boundBy(condition.function, isTrue)) {
      case "less":
        return { ...range, high: Math.min(range.high, bound), highOpen: range.high < bound ? range.highOpen : true };
      case "less_equal":
        return range.high <= bound ? range : { ...range, high: bound, highOpen: false };
      case "greater":
        return { ...range, low: Math.max(range.low, bound), lowOpen: range.low > bound ? range.lowOpen : true };
      case "greater_equal":
        return range.low >= bound ? range : { ...range, low: bound, lowOpen: false };
      case undefined:
        return range;
    }
  };
  return (leaf) => {
    const range = ranges(leaf);
    if (range === undefined || keyOf(leaf) !== key) return range;
    const narrowed = narrow(range);
    // A branch that can never be taken says nothing about the range.
    return narrowed.low > narrowed.high ? range : narrowed;
  };
}

type Bound = "less" | "less_equal" | "greater" | "greater_equal";

const opposite: Readonly<Record<Bound, Bound>> = {
  less: "greater_equal",
  less_equal: "greater",
  greater: "less_equal",
  greater_equal: "less",
};

/** The bound that a condition sets if it holds, or if it does not; equalities set none. */
function boundBy(name: FunctionName, isTrue: boolean): Bound | undefined {
  if (!Object.hasOwn(opposite, name)) return undefined;
  return isTrue ? (name as Bound) : opposite[name as Bound];
}
