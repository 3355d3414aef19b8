/**
 * Finds functions that may leave their domain (the logarithm of something that can be negative) and values that may
 * leave their variable's domain. Ranges that are not known, because a type is left to the data, are not checked.
 */

import type { FunctionName } from "../algebra/functions.js";
import { brief } from "../algebra/print-expression.js";
import {
  canBe,
  describeRange,
  isWithin,
  type Range,
  type Ranges,
  rangeOf,
  rangeOfDomain,
  refine,
} from "../algebra/range.js";
import { isApply } from "../algebra/simplify.js";
import { canBeZero, describeWitness, findWitness, type Guard } from "../algebra/witness.js";
import { shortNumber } from "../diagnostics/short-number.js";
import type { ApplyExpression, Domain, Expression, ImageDomain } from "../schema/types.js";

export interface DomainFault {
  readonly at: Expression;
  readonly message: string;
  readonly hint: string;
}

/**
 * The faults of functions whose argument may have a value that they are not defined for, each with a case that shows
 * it.
 */
export function domainFaults(expression: Expression, ranges: Ranges, guards: readonly Guard[] = []): DomainFault[] {
  if (expression.kind !== "apply") return [];
  if (isApply(expression, "if")) {
    const [condition, yes, no] = expression.arguments as [Expression, Expression, Expression];
    const branch = (part: Expression, isTrue: boolean): DomainFault[] =>
      domainFaults(part, refine(ranges, condition, isTrue), [...guards, { condition, isTrue }]);
    return [...domainFaults(condition, ranges, guards), ...branch(yes, true), ...branch(no, false)];
  }
  const inner = expression.arguments.flatMap((operand) => domainFaults(operand, ranges, guards));
  const own = inner.length > 0 ? undefined : faultOf(expression, ranges, guards);
  return own === undefined ? inner : [own];
}

/** The requirement that a function places on one of its arguments. */
interface Demand {
  readonly part: Expression;
  readonly wanted: string;
  readonly hint: string;
  /** True if interval arithmetic cannot rule out a fault. */
  readonly isFeared: (range: Range) => boolean;
  readonly isFault: (value: number) => boolean;
  readonly isAboutZero?: true;
}

function faultOf(node: ApplyExpression, ranges: Ranges, guards: readonly Guard[]): DomainFault | undefined {
  const demand = demandOf(node);
  const range = demand === undefined ? undefined : rangeOf(demand.part, ranges);
  if (demand === undefined || range === undefined || !demand.isFeared(range)) return undefined;
  const { part, wanted, hint, isFault, isAboutZero } = demand;
  const witness = findWitness(part, ranges, isFault, guards);
  if (witness === undefined && !(isAboutZero && canBeZero(part, ranges, guards))) return undefined;
  const found =
    part.kind !== "apply" || witness === undefined
      ? describeRange(range)
      : `${shortNumber(witness.value, isFault)}${describeWitness(witness)}`;
  return { at: part, message: `\`${brief(node)}\` needs ${wanted}, and \`${brief(part)}\` can be ${found}`, hint };
}

type DemandOf = (first: Expression, second: Expression) => Demand | undefined;
const everywhere: DemandOf = () => undefined;

/** The requirements of each function; one that only inverses use gets an argument from the function's range. */
const demands: Readonly<Record<FunctionName, DemandOf>> = {
  log: (part) => ({
    part,
    wanted: "a number above 0",
    hint: `\`log(max(${brief(part)}, 0.001))\` has a value everywhere`,
    isFeared: (range) => range.low < 0 || canBe(range, 0),
    isFault: (value) => value <= 0,
  }),
  sqrt: (part) => ({
    part,
    wanted: "a number from 0 up",
    hint: `\`sqrt(max(${brief(part)}, 0))\` has a value everywhere`,
    isFeared: (range) => range.low < 0,
    isFault: (value) => value < 0,
  }),
  divide: (_, divisor) =>
    neverZero(divisor, "a divisor", "divide by something positive, such as a `positive` variable"),
  power: (base, exponent) => demandOfPower(base, exponent),
  add: everywhere,
  subtract: everywhere,
  negate: everywhere,
  multiply: everywhere,
  exp: everywhere,
  sigmoid: everywhere,
  logit: everywhere,
  softplus: everywhere,
  softplus_inverse: everywhere,
  tanh: everywhere,
  atanh: everywhere,
  abs: everywhere,
  min: everywhere,
  max: everywhere,
  clip: everywhere,
  if: everywhere,
  less: everywhere,
  less_equal: everywhere,
  greater: everywhere,
  greater_equal: everywhere,
  equal: everywhere,
  not_equal: everywhere,
};

function demandOf({ function: name, arguments: [first, second] }: ApplyExpression): Demand | undefined {
  return demands[name](first!, second!);
}

function demandOfPower(base: Expression, exponent: Expression): Demand | undefined {
  const fixed = exponent.kind === "constant" ? exponent.value : undefined;
  if (fixed !== undefined && Number.isInteger(fixed)) {
    return fixed < 0 ? neverZero(base, "a base", "use a base that is positive") : undefined;
  }
  const zeroIsFine = fixed !== undefined && fixed > 0;
  return {
    part: base,
    wanted: zeroIsFine ? "a base from 0 up" : "a base above 0",
    hint: "a whole exponent is defined for every base",
    isFeared: (range) => range.low < 0 || (canBe(range, 0) && !zeroIsFine),
    isFault: (value) => value < 0 || (value === 0 && !zeroIsFine),
  };
}

function neverZero(part: Expression, what: string, hint: string): Demand {
  return {
    part,
    wanted: `${what} that is never 0`,
    hint,
    isFeared: (range) => canBe(range, 0),
    isFault: (value) => value === 0,
    isAboutZero: true,
  };
}

/**
 * The way a value may leave its variable's domain; undefined if it cannot, or if the range or the domain is not known.
 */
export function whyOutside(value: Expression, domain: Domain | null, ranges: Ranges): string | undefined {
  const allowed = rangeOfDomain(domain);
  const range = rangeOf(value, ranges);
  if (allowed === undefined || range === undefined || isWithin(range, allowed)) return undefined;
  const isOutside = (found: number): boolean => Number.isFinite(found) && !canBe(allowed, found);
  const witness = findWitness(value, ranges, isOutside);
  if (witness === undefined) return undefined;
  return value.kind === "apply"
    ? `can be ${shortNumber(witness.value, isOutside)}${describeWitness(witness)}`
    : `can be ${describeRange(range)}`;
}

export function describeDomain(domain: Domain): string {
  switch (domain.kind) {
    case "interval":
      return `interval(${domain.low}, ${domain.high}${domain.edges === undefined ? "" : `, edges = ${domain.edges}`})`;
    case "categorical":
    case "ordinal":
    case "vector":
      return `${domain.kind}(${domain.size})`;
    case "image":
      return describeImage(domain);
    default:
      return domain.kind;
  }
}

function describeImage({ height, width, channels }: ImageDomain): string {
  if (height === null) return "image";
  return `image(${[height, width, ...(channels === 1 ? [] : [channels])].join(", ")})`;
}
