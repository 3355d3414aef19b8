/**
 * Brings several occurrences of a noise in a sum or a product together: `e + 2 * e` is 3 e, `exp(e) * exp(2 * e)` is
 * exp(3 e), `e / (1 + e)` is a ratio of two linear forms of e.
 */
import { apply, constant, hasNoise } from "../model/expression.js";
import type { Expression } from "../model/schema-types.js";
import { divide, isApply, isConstant, keyOf, multiply, negate, power, simplify, sumOf } from "./simplify.js";

/** rest + Σ coefficient · core, where rest and coefficients are free of the noise and no core is a sum. */
export interface LinearForm {
  readonly cores: readonly { readonly coefficient: Expression; readonly core: Expression }[];
  readonly rest: Expression;
}

/** coefficient · base ^ exponent */
export interface Gathered {
  readonly coefficient: Expression;
  readonly base: Expression;
  readonly exponent: Expression;
}

/** (a · core + b) / (c · core + d) */
export interface Ratio {
  readonly core: Expression;
  readonly a: Expression;
  readonly b: Expression;
  readonly c: Expression;
  readonly d: Expression;
}

export function gatherSum(expression: Expression, noise: string): LinearForm {
  const groups = new Map<string, { coefficients: Expression[]; core: Expression }>();
  const rest: Expression[] = [];
  const visit = (node: Expression, factor: Expression): void => {
    if (!hasNoise(node, noise)) {
      rest.push(multiply(factor, node));
      return;
    }
    const split = node.kind === "apply" ? splitTerm(node.function, node.arguments, factor, noise) : undefined;
    if (split !== undefined) {
      for (const [part, partFactor] of split) visit(part, partFactor);
      return;
    }
    const key = keyOf(node);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { coefficients: [factor], core: node });
    else group.coefficients.push(factor);
  };
  visit(expression, constant(1));
  const cores = [...groups.values()]
    .map(({ coefficients, core }) => ({ coefficient: simplify(sumOf(coefficients)), core }))
    .filter(({ coefficient }) => !isConstant(coefficient, 0));
  return { cores, rest: simplify(sumOf(rest)) };
}

type Factored = readonly (readonly [part: Expression, factor: Expression])[];

/** The parts of a sum, or of a product with a factor free of the noise, each with the factor it bears. */
function splitTerm(
  name: string,
  [left, right]: readonly Expression[],
  factor: Expression,
  noise: string,
): Factored | undefined {
  switch (name) {
    case "add":
      return [
        [left!, factor],
        [right!, factor],
      ];
    case "subtract":
      return [
        [left!, factor],
        [right!, negate(factor)],
      ];
    case "negate":
      return [[left!, negate(factor)]];
    case "multiply":
      if (!hasNoise(left!, noise)) return [[right!, multiply(factor, left!)]];
      return hasNoise(right!, noise) ? undefined : [[left!, multiply(factor, right!)]];
    case "divide":
      if (!hasNoise(right!, noise)) return [[left!, divide(factor, right!)]];
      return hasNoise(left!, noise) || isConstant(left!, 1)
        ? undefined
        : [[apply("divide", constant(1), right!), multiply(factor, left!)]];
    default:
      return undefined;
  }
}

/** Undefined where the noise stays in several places. */
export function gatherProduct(expression: Expression, noise: string): Gathered | Ratio | undefined {
  const groups = new Map<string, { base: Expression; exponents: Expression[] }>();
  const exponentials: Expression[] = [];
  let coefficient: Expression = constant(1);
  const visit = (node: Expression, exponent: Expression): void => {
    if (!hasNoise(node, noise)) coefficient = multiply(coefficient, power(node, exponent));
    else if (isApply(node, "multiply")) for (const factor of node.arguments) visit(factor, exponent);
    else if (isApply(node, "divide")) {
      visit(node.arguments[0]!, exponent);
      visit(node.arguments[1]!, negate(exponent));
    } else if (isApply(node, "negate")) {
      if (exponent.kind === "constant" && Math.abs(exponent.value) % 2 === 1) coefficient = negate(coefficient);
      else if (exponent.kind !== "constant" || exponent.value % 2 !== 0) return keep(node, exponent);
      visit(node.arguments[0]!, exponent);
    } else if (isApply(node, "exp")) exponentials.push(multiply(exponent, node.arguments[0]!));
    else if (isApply(node, "power") && isWholeConstant(node.arguments[1]!) && isWholeConstant(exponent)) {
      visit(node.arguments[0]!, multiply(exponent, node.arguments[1]!));
    } else keep(node, exponent);
  };
  const keep = (node: Expression, exponent: Expression): void => {
    const { base, scale } = singleCore(node, noise);
    coefficient = multiply(coefficient, power(scale, exponent));
    const key = keyOf(base);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { base, exponents: [exponent] });
    else group.exponents.push(exponent);
  };
  visit(expression, constant(1));
  const scale = simplify(coefficient);
  const powers = [...groups.values()].map(({ base, exponents }) => ({ base, exponent: simplify(sumOf(exponents)) }));
  if (exponentials.length > 0) {
    if (powers.length > 0) return undefined;
    return { coefficient: scale, base: apply("exp", simplify(sumOf(exponentials))), exponent: constant(1) };
  }
  if (powers.length === 1) return { coefficient: scale, ...powers[0]! };
  return powers.length === 2 ? ratioOf(powers, scale, noise) : undefined;
}

const isWholeConstant = (expression: Expression): boolean =>
  expression.kind === "constant" && Number.isInteger(expression.value);

/** `(e + e) ^ 2` is 4 e², so a base that is a multiple of one core gives its factor away. */
function singleCore(node: Expression, noise: string): { base: Expression; scale: Expression } {
  const { cores, rest } = gatherSum(node, noise);
  const [only] = cores;
  if (cores.length !== 1 || !isConstant(rest, 0) || only!.coefficient.kind !== "constant") {
    return { base: node, scale: constant(1) };
  }
  return only!.coefficient.value > 0
    ? { base: only!.core, scale: only!.coefficient }
    : { base: node, scale: constant(1) };
}

function ratioOf(
  powers: readonly { readonly base: Expression; readonly exponent: Expression }[],
  scale: Expression,
  noise: string,
): Ratio | undefined {
  const above = powers.find(({ exponent }) => isConstant(exponent, 1));
  const below = powers.find(({ exponent }) => isConstant(exponent, -1));
  if (above === undefined || below === undefined) return undefined;
  const upper = gatherSum(above.base, noise);
  const lower = gatherSum(below.base, noise);
  const [first] = upper.cores;
  const [second] = lower.cores;
  if (upper.cores.length !== 1 || lower.cores.length !== 1 || keyOf(first!.core) !== keyOf(second!.core))
    return undefined;
  return {
    core: first!.core,
    a: simplify(multiply(scale, first!.coefficient)),
    b: simplify(multiply(scale, upper.rest)),
    c: second!.coefficient,
    d: lower.rest,
  };
}
