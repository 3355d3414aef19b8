/**
 * Warns of columns that single precision does not hold. Programs compute with 24 bits of a number's distance to its
 * variable's origin (`algebra/origin.ts`). A column is reported with a way out if this rounds it by more than a
 * ten-thousandth of its spread, or makes many of its distinct values equal.
 */
import { hasOrigin, originOfValues } from "../../algebra/origin.js";
import type { Domain } from "../../schema/types.js";

export const precisionCode = "6051";

export interface PrecisionLoss {
  readonly code: typeof precisionCode;
  readonly message: string;
  readonly hint: string;
}

/** Twice the greatest rounding of a column that does not need an origin, as a share of the spread. */
const largestShare = 2 ** -13;
/** The share of the distinct values that may become equal to others. */
const largestLoss = 0.1;
const mostRows = 20_000;
/** Smaller numbers lose bits, and then vanish. */
const smallestNormal = 2 ** -126;

const measured: Readonly<Partial<Record<Domain["kind"], true>>> = {
  real: true,
  positive: true,
  interval: true,
  count: true,
  nonnegative: true,
  vector: true,
};

export function precisionWarning(
  name: string,
  values: Float64Array | Float32Array,
  domain: Domain,
): PrecisionLoss | undefined {
  // Values stored in single precision lose nothing.
  if (!measured[domain.kind] || values instanceof Float32Array) return undefined;
  const present = values.subarray(0, mostRows).filter((value) => !Number.isNaN(value));
  if (present.length < 2) return undefined;
  const origin = hasOrigin(domain) ? originOfValues(values) : 0;
  const rounded = present.map((value) => Math.fround(value - origin) + origin);
  const spread = deviation(present);
  if (spread === 0) return undefined;
  const error = present.reduce((most, value, row) => Math.max(most, Math.abs(value - rounded[row]!)), 0);
  const [before, after] = [new Set(present).size, new Set(rounded).size];
  const loses = after < (1 - largestLoss) * before;
  if (!loses && error <= largestShare * spread && spread >= smallestNormal) return undefined;
  return {
    code: precisionCode,
    message: `\`${name}\` is rounded when it becomes a single-precision number: by up to ${short(error)}, with a standard deviation of ${short(spread)}${loses ? `; ${before} distinct values become ${after}` : ""}`,
    hint: hintOf(name, domain, spread),
  };
}

function hintOf(name: string, domain: Domain, spread: number): string {
  if (spread < smallestNormal) return `Give \`${name}\` in a smaller unit: numbers below 1e-38 vanish.`;
  if (domain.kind === "vector")
    return `Subtract a constant from \`${name}\`, or scale it: the elements of a vector are not taken about their means.`;
  if (!hasOrigin(domain)) return `Write \`${name} : real\`: a real is taken about its mean, a ${domain.kind} is not.`;
  return `Some values are very far from the rest: leave these rows out, take the logarithm of \`${name}\`, or subtract a constant from the column.`;
}

function deviation(values: Float64Array): number {
  let [mean, squares] = [0, 0];
  values.forEach((value, row) => {
    const delta = value - mean;
    mean += delta / (row + 1);
    squares += delta * (value - mean);
  });
  return Math.sqrt(squares / (values.length - 1));
}

const short = (value: number): string => String(Number(value.toPrecision(3)));
