/**
 * Levels in expressions. People write the numbers of a variable's levels (`L > 3`, `do(L := L + 1)`); programs compute
 * with codes. These functions translate one to the other; a fault says why that is not possible.
 */
import { didYouMean } from "../diagnostics/did-you-mean.js";
import type { ApplyExpression, Expression } from "../schema/types.js";
import { apply, constant } from "./expression.js";
import {
  codeOfNumber,
  codeOfText,
  type LevelDomain,
  levelCount,
  levelNumbers,
  listedLevels,
  numbersAreCodes,
} from "./levels.js";

export type Comparison = "less" | "less_equal" | "greater" | "greater_equal" | "equal" | "not_equal";

/** A variable with levels: its name and domain. */
export interface Levelled {
  readonly name: string;
  readonly domain: LevelDomain;
}

export class LevelFault {
  constructor(
    /** `no level`: the variable does not have such a level. `no numbers`: its levels cannot be used as numbers. */
    readonly kind: "no level" | "no numbers",
    readonly message: string,
    readonly hint: string,
  ) {}
}

/** The code of the level that a number names. */
export function numberedCode({ name, domain }: Levelled, number: number): number | LevelFault {
  const code = codeOfNumber(domain, number);
  if (code !== undefined) return code;
  if (levelNumbers(domain) === undefined) return withoutNumbers({ name, domain });
  return new LevelFault("no level", `\`${name}\` has no level ${number}`, undeclaredHint({ name, domain }));
}

/** The code of the level with a text. */
export function textCode({ name, domain }: Levelled, text: string): number | LevelFault {
  const code = domain.levels === undefined ? undefined : codeOfText(domain, text);
  if (code !== undefined) return code;
  const hint =
    domain.levels === undefined
      ? `its levels have no texts: write ${listedLevels(domain)}, or declare them: \`${name} : ${declared(domain)}\``
      : (didYouMean(text, domain.levels) ?? `its levels are ${listedLevels(domain)}`);
  return new LevelFault("no level", `\`${name}\` has no level ${JSON.stringify(text)}`, hint);
}

const declared = ({ kind }: LevelDomain): string => (kind === "binary" ? 'binary("no", "yes")' : `${kind}("…", "…")`);

/** Lists the levels; if the program leaves them to the data, it says how to declare the usual ones. */
export function undeclaredHint({ name, domain }: Levelled): string {
  const are = `its levels are ${listedLevels(domain)}`;
  if (domain.levels !== undefined) return are;
  const fromOne = Array.from({ length: Math.min(levelCount(domain), 3) }, (_, place) =>
    JSON.stringify(String(place + 1)),
  );
  const more = levelCount(domain) > 3 ? ", …" : "";
  return `${are}; if the data have others, declare them: \`${name} : ${domain.kind}(${fromOne.join(", ")}${more})\``;
}

function withoutNumbers({ name, domain }: Levelled): LevelFault {
  return new LevelFault(
    "no numbers",
    `the levels of \`${name}\` are no numbers`,
    `write a level as its text: its levels are ${listedLevels(domain)}`,
  );
}

/** The number of the level whose code the leaf has. */
export function numberOfLeaf(leaf: Expression, { name, domain }: Levelled): Expression | LevelFault {
  if (domain.levels === undefined || numbersAreCodes(domain)) return leaf;
  const numbers = levelNumbers(domain);
  if (numbers === undefined) return withoutNumbers({ name, domain });
  const start = consecutiveFrom(numbers);
  if (start !== undefined) return shifted(leaf, start);
  if (levelCount(domain) > longestChoice)
    return new LevelFault(
      "no numbers",
      `\`${name}\` has ${levelCount(domain)} levels whose numbers do not run by ones`,
      "compare it with its levels instead",
    );
  const last = numbers.length - 1;
  return numbers
    .slice(0, last)
    .reduceRight<Expression>(
      (otherwise, number, code) => apply("if", apply("equal", leaf, constant(code)), constant(number), otherwise),
      constant(numbers[last]!),
    );
}

/** The most levels whose numbers are chosen by nested conditions. */
const longestChoice = 100;

/** The first number if each number is the one before it plus 1. */
function consecutiveFrom(numbers: readonly number[]): number | undefined {
  const [first] = numbers;
  return numbers.every((number, code) => number === first! + code) ? first : undefined;
}

/** expression + by; a constant at the end of the expression is added up with it. */
function shifted(expression: Expression, by: number): Expression {
  if (by === 0) return expression;
  if (expression.kind === "constant") return constant(expression.value + by);
  if (expression.kind === "apply" && (expression.function === "add" || expression.function === "subtract")) {
    const [first, second] = expression.arguments as [Expression, Expression];
    if (second.kind === "constant") {
      const whole = (expression.function === "add" ? second.value : -second.value) + by;
      return whole === 0 ? first : plus(first, whole);
    }
  }
  return plus(expression, by);
}

function plus(expression: Expression, by: number): Expression {
  return by < 0 ? apply("subtract", expression, constant(-by)) : apply("add", expression, constant(by));
}

/**
 * The code that a variable gets from a right-hand side written in numbers. The variable's own natural value is already
 * a code, and discrete noise draws a code.
 */
export function codeOfRightSide(expression: Expression, levelled: Levelled): Expression | LevelFault {
  const { name, domain } = levelled;
  if (expression.kind === "noise" || (expression.kind === "natural" && expression.name === name)) return expression;
  if (expression.kind === "constant") {
    if (domain.levels === undefined) return expression;
    const code = numberedCode(levelled, expression.value);
    return code instanceof LevelFault ? code : constant(code);
  }
  if (domain.levels === undefined || numbersAreCodes(domain)) return expression;
  if (expression.kind === "apply" && expression.function === "if") {
    const [condition, yes, no] = expression.arguments as [Expression, Expression, Expression];
    const [first, second] = [codeOfRightSide(yes, levelled), codeOfRightSide(no, levelled)];
    if (first instanceof LevelFault) return first;
    return second instanceof LevelFault ? second : apply("if", condition, first, second);
  }
  const numbers = levelNumbers(domain);
  if (numbers === undefined) return withoutNumbers(levelled);
  const start = consecutiveFrom(numbers);
  if (start !== undefined) return shifted(expression, -start);
  return new LevelFault(
    "no numbers",
    `the levels of \`${name}\` do not run by ones, so that a computed number need not be one of them`,
    `set it to a level, or choose one with \`if\`: its levels are ${listedLevels(domain)}`,
  );
}

const mirrored: Readonly<Record<Comparison, Comparison>> = {
  less: "greater",
  less_equal: "greater_equal",
  greater: "less",
  greater_equal: "less_equal",
  equal: "equal",
  not_equal: "not_equal",
};

/** `a op b` with its sides exchanged. */
export const mirror = (operator: Comparison): Comparison => mirrored[operator];

export function isComparison(name: ApplyExpression["function"]): name is Comparison {
  return Object.hasOwn(mirrored, name);
}

/** Compares the leaf with a number on the scale of the levels' numbers. */
export function compareWithNumber(
  leaf: Expression,
  levelled: Levelled,
  operator: Comparison,
  number: number,
): Expression | LevelFault {
  const { domain } = levelled;
  if (operator === "equal" || operator === "not_equal") {
    const code = numberedCode(levelled, number);
    return code instanceof LevelFault ? code : apply(operator, leaf, constant(code));
  }
  if (domain.kind === "categorical") return withoutOrder(levelled);
  if (domain.levels === undefined || numbersAreCodes(domain)) return apply(operator, leaf, constant(number));
  const numbers = levelNumbers(domain);
  if (numbers === undefined) return withoutNumbers(levelled);
  if (domain.kind === "ordinal") {
    // The numbers rise, so a bound between two numbers is a bound between their codes.
    const below = numbers.filter((one) =>
      operator === "less" || operator === "greater_equal" ? one < number : one <= number,
    );
    const isUpper = operator === "greater" || operator === "greater_equal";
    return apply(isUpper ? "greater_equal" : "less", leaf, constant(below.length));
  }
  const own = numberOfLeaf(leaf, levelled);
  return own instanceof LevelFault ? own : apply(operator, own, constant(number));
}

/** Compares the leaf with a level given by its text. */
export function compareWithText(
  leaf: Expression,
  levelled: Levelled,
  operator: Comparison,
  text: string,
): Expression | LevelFault {
  const { name, domain } = levelled;
  const code = textCode({ name, domain }, text);
  if (code instanceof LevelFault) return code;
  const needsOrder = operator !== "equal" && operator !== "not_equal";
  return needsOrder && domain.kind !== "ordinal" ? withoutOrder(levelled) : apply(operator, leaf, constant(code));
}

function withoutOrder({ name, domain }: Levelled): LevelFault {
  return new LevelFault(
    "no numbers",
    `the levels of \`${name}\` have no order`,
    domain.kind === "binary"
      ? "compare it with `==`"
      : `compare it with \`==\`, or declare \`ordinal(…)\` with the levels in their order`,
  );
}
