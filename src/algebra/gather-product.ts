/**
 * Brings several occurrences of a noise in a product together: `e * e` is e², `exp(e) * exp(2 * e)` is exp(3 e), and
 * `e / (1 + e)` is a ratio of two linear forms of e.
 */

import type { ApplyExpression, Expression } from "../schema/types.js";
import { apply, constant, hasNoise } from "./expression.js";
import { gatherSum } from "./gather.js";
import { isConstant, keyOf, multiply, negate, power, simplify, sumOf } from "./simplify.js";

/** coefficient · base ^ exponent */
export interface Gathered {
  readonly kind: "power";
  readonly coefficient: Expression;
  readonly base: Expression;
  readonly exponent: number;
}

/** (a · core + b) / (c · core + d) */
export interface Ratio {
  readonly kind: "ratio";
  readonly core: Expression;
  readonly a: Expression;
  readonly b: Expression;
  readonly c: Expression;
  readonly d: Expression;
}

interface PowerOf {
  readonly base: Expression;
  exponent: number;
}

/** Undefined if the noise stays in several places. */
export function gatherProduct(expression: Expression, noise: string): Gathered | Ratio | undefined {
  const factors = new Factors(noise);
  factors.take(expression, 1);
  const coefficient = simplify(factors.coefficient);
  const powers = [...factors.powers.values()];
  const [only] = powers;
  if (factors.exponents.length > 0) {
    const exponential = apply("exp", simplify(sumOf(factors.exponents)));
    if (powers.length === 1) return ratioOf([{ base: exponential, exponent: 1 }, only!], coefficient, noise);
    if (powers.length > 1) return undefined;
    return { kind: "power", coefficient, base: exponential, exponent: 1 };
  }
  if (powers.length === 1) return { kind: "power", coefficient, base: only!.base, exponent: only!.exponent };
  return powers.length === 2 ? ratioOf(powers, coefficient, noise) : undefined;
}

/** The factors of a product: those free of the noise, powers of those that hold it, and exponents of `exp`. */
class Factors {
  coefficient: Expression = constant(1);
  readonly powers = new Map<string, PowerOf>();
  readonly exponents: Expression[] = [];
  readonly #noise: string;

  constructor(noise: string) {
    this.#noise = noise;
  }

  /** Multiplies the factors by `node` to a whole power. */
  take(node: Expression, exponent: number): void {
    if (!hasNoise(node, this.#noise)) this.#scale(node, exponent);
    else if (node.kind === "apply") this.#takeApplication(node, exponent);
    else this.#keep(node, exponent);
  }

  #takeApplication(node: ApplyExpression, exponent: number): void {
    const [first, second] = node.arguments as [Expression, Expression];
    switch (node.function) {
      case "multiply":
        this.take(first, exponent);
        this.take(second, exponent);
        break;
      case "divide":
        this.take(first, exponent);
        this.take(second, -exponent);
        break;
      case "negate":
        if (exponent % 2 !== 0) this.coefficient = negate(this.coefficient);
        this.take(first, exponent);
        break;
      case "exp":
        this.exponents.push(multiply(constant(exponent), first));
        break;
      case "power":
        if (second.kind === "constant" && Number.isInteger(second.value)) this.take(first, exponent * second.value);
        else this.#keep(node, exponent);
        break;
      default:
        this.#keep(node, exponent);
    }
  }

  #scale(factor: Expression, exponent: number): void {
    this.coefficient = multiply(this.coefficient, power(factor, constant(exponent)));
  }

  /**
   * Keeps a power whose base holds the noise. `(e + e) ^ 2` is 4 e²: if the base is a multiple of one core, its factor
   * is moved out.
   */
  #keep(node: Expression, exponent: number): void {
    const { cores, rest } = gatherSum(node, this.#noise);
    const [only] = cores;
    const isMultiple = cores.length === 1 && isConstant(rest, 0) && only!.coefficient.kind === "constant";
    const base = isMultiple ? only!.core : node;
    if (isMultiple) this.#scale(only!.coefficient, exponent);
    const found = this.powers.get(keyOf(base));
    if (found === undefined) this.powers.set(keyOf(base), { base, exponent });
    else found.exponent += exponent;
  }
}

function ratioOf(powers: readonly PowerOf[], scale: Expression, noise: string): Ratio | undefined {
  const above = powers.find(({ exponent }) => exponent === 1);
  const below = powers.find(({ exponent }) => exponent === -1);
  if (above === undefined || below === undefined) return undefined;
  const upper = gatherSum(above.base, noise);
  const lower = gatherSum(below.base, noise);
  const [first] = upper.cores;
  const [second] = lower.cores;
  if (upper.cores.length !== 1 || lower.cores.length !== 1) return undefined;
  if (keyOf(first!.core) !== keyOf(second!.core)) return undefined;
  return {
    kind: "ratio",
    core: first!.core,
    a: simplify(multiply(scale, first!.coefficient)),
    b: simplify(multiply(scale, upper.rest)),
    c: second!.coefficient,
    d: lower.rest,
  };
}
