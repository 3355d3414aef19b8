/**
 * Checks a stated inverse at a few points: it must give the noise back, and its log-derivative must agree with central
 * differences of the expression. So a model from another tool is not trusted in what can be checked.
 */

import { evaluate } from "../../algebra/evaluate.js";
import { assertNever } from "../../diagnostics/assert-never.js";
import type { Domain, ExpressionMechanism, Inverse } from "../../schema/types.js";
import { distributions } from "../catalogue/catalogue.js";

/** Tolerances of relative errors, larger than the effects of rounding, saturation and differences. */
const noiseTolerance = 1e-3;
const slopeTolerance = 1e-2;
const relativeStep = 1e-5;
/** If differences over two step sizes differ by more than this, they do not measure the slope. */
const differenceTolerance = 1e-3;

/** The points to try, as fractions of a domain or support. */
const trials = [
  { unit: 0.2, half: 0.4, line: -1.1 },
  { unit: 0.5, half: 1, line: 0.3 },
  { unit: 0.8, half: 2.2, line: 1.4 },
] as const;
type Trial = (typeof trials)[number];

/** Undefined if the inverse passes every trial. */
export function whyNotInverse(
  { expression, inverse, noises, parents }: ExpressionMechanism & { readonly inverse: Inverse },
  domainOf: (name: string) => Domain | null,
): string | undefined {
  const [noise] = noises;
  if (noise === undefined || noise.distribution === "mnist") return undefined;
  const { discrete, support } = distributions[noise.distribution];
  const [low, high] = support(noise.parameters);
  const step = relativeStep * Math.min(1, high - low);
  for (const trial of trials) {
    const drawn = discrete ? Number(trial.unit > 0.5) : between(low, high, trial);
    const variables = new Map(parents.map((name) => [name, valueAt(domainOf(name), trial)]));
    const at = (value: number): number => evaluate(expression, { variables, noises: new Map([[noise.name, value]]) });
    const value = at(drawn);
    const difference = (by: number): number => (at(drawn + by) - at(drawn - by)) / (2 * by);
    const slope = difference(step);
    const isMeasured = Math.abs(slope - difference(2 * step)) <= differenceTolerance * Math.abs(slope);
    // Far out, a value is rounded to a bound and no longer tells anything about the noise.
    const isSteady = isMeasured && Math.abs(slope) > 1e-3 && Math.abs(slope) < 1e6;
    if (!Number.isFinite(value) || !(discrete || isSteady)) continue;
    const found = evaluate(inverse.expression, { variables, value });
    if (!(Math.abs(found - drawn) <= noiseTolerance * (1 + Math.abs(drawn)))) {
      return `at ${noise.name} = ${drawn} the value is ${value}, and the inverse gives ${found}`;
    }
    const stated = evaluate(inverse.logDerivative, { variables, value });
    const expected = discrete ? 0 : -Math.log(Math.abs(slope));
    if (!(Math.abs(stated - expected) <= slopeTolerance * (1 + Math.abs(expected)))) {
      return `at ${noise.name} = ${drawn} the log-derivative is ${Number(expected.toFixed(4)) + 0}, not ${stated}`;
    }
  }
  return undefined;
}

function between(low: number, high: number, { unit, half, line }: Trial): number {
  if (Number.isFinite(low)) return Number.isFinite(high) ? low + unit * (high - low) : low + half;
  return line;
}

function valueAt(domain: Domain | null, trial: Trial): number {
  if (domain === null) return trial.half;
  switch (domain.kind) {
    case "real":
      return between(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, trial);
    case "interval":
      return between(domain.low, domain.high, trial);
    case "binary":
    case "categorical":
    case "ordinal":
      return Number(trial.unit >= 0.5);
    case "count":
      return Math.ceil(trial.half);
    case "positive":
    case "nonnegative":
    case "vector":
    case "image":
      return trial.half;
    default:
      return assertNever(domain);
  }
}
