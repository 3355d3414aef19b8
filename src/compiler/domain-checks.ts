/**
 * Finds functions that may leave their domain (the logarithm of something that can be negative) and values that may leave
 * their variable's own. What is not known, because a type is left to the data, is not checked.
 */
import type { ApplyExpression, Domain, Expression, ImageDomain } from "../model/schema-types.js";
import { brief } from "./print.js";
import { canBe, describeRange, isWithin, type Range, type Ranges, rangeOf, rangeOfDomain, refine } from "./range.js";
import { isApply } from "./simplify.js";

export interface DomainFault {
  readonly at: Expression;
  readonly message: string;
  readonly hint: string;
}

/** Every function whose argument may be one that it has no value for. */
export function domainFaults(expression: Expression, ranges: Ranges): DomainFault[] {
  if (expression.kind !== "apply") return [];
  if (isApply(expression, "if")) {
    const [condition, yes, no] = expression.arguments as [Expression, Expression, Expression];
    return [
      ...domainFaults(condition, ranges),
      ...domainFaults(yes, refine(ranges, condition, true)),
      ...domainFaults(no, refine(ranges, condition, false)),
    ];
  }
  const inner = expression.arguments.flatMap((operand) => domainFaults(operand, ranges));
  const own = inner.length > 0 ? undefined : faultOf(expression, ranges);
  return own === undefined ? inner : [own];
}

function faultOf(node: ApplyExpression, ranges: Ranges): DomainFault | undefined {
  const [first, second] = node.arguments as [Expression, Expression];
  const fault = (part: Expression, range: Range, wanted: string, hint: string): DomainFault => ({
    at: part,
    message: `\`${brief(node)}\` needs ${wanted}, and \`${brief(part)}\` can be ${describeRange(range)}`,
    hint,
  });
  const range = rangeOf(first, ranges);
  switch (node.function) {
    case "log":
      return range !== undefined && (range.low < 0 || canBe(range, 0))
        ? fault(first, range, "a number above 0", `\`log(max(${brief(first)}, 0.001))\` has a value everywhere`)
        : undefined;
    case "sqrt":
      return range !== undefined && range.low < 0
        ? fault(first, range, "a number from 0 up", `\`sqrt(max(${brief(first)}, 0))\` has a value everywhere`)
        : undefined;
    case "divide": {
      const divisor = rangeOf(second, ranges);
      return divisor !== undefined && canBe(divisor, 0)
        ? fault(
            second,
            divisor,
            "a divisor that is never 0",
            "divide by something positive, such as a `positive` variable",
          )
        : undefined;
    }
    case "power": {
      if (range === undefined) return undefined;
      const exponent = second.kind === "constant" ? second.value : undefined;
      if (exponent !== undefined && Number.isInteger(exponent)) {
        return exponent < 0 && canBe(range, 0)
          ? fault(first, range, "a base that is never 0", "use a base that is positive")
          : undefined;
      }
      const zeroIsFine = exponent !== undefined && exponent > 0;
      return range.low < 0 || (canBe(range, 0) && !zeroIsFine)
        ? fault(first, range, "a base above 0", "a whole exponent is defined for every base")
        : undefined;
    }
    default:
      return undefined;
  }
}

/** How a value may leave its variable's domain; undefined where it cannot, or where one of them is not known. */
export function whyOutside(value: Expression, domain: Domain | null, ranges: Ranges): string | undefined {
  const allowed = rangeOfDomain(domain);
  const range = rangeOf(value, ranges);
  if (allowed === undefined || range === undefined || isWithin(range, allowed)) return undefined;
  return `can be ${describeRange(range)}`;
}

export function describeDomain(domain: Domain): string {
  switch (domain.kind) {
    case "interval":
      return `interval(${domain.low}, ${domain.high})`;
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
