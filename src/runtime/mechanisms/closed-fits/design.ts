/**
 * The design of a regression: the encoded parents, centred at their weighted means and made orthonormal in their order
 * (Gram–Schmidt with a second pass, in double precision, which is as accurate as Householder's QR: Giraud, Langou &
 * Rozložník 2005). A column that the ones before it determine gets no coefficient, as in R's `lm`; which one, and by
 * what, is told.
 */

import { type EncodedColumn, encodedColumns } from "../bound/encoded-numbers.js";
import { type BoundVariable, classesOf } from "../bound/variables.js";
import type { FitColumns } from "../contract/closed-form.js";

export interface Design {
  readonly rows: number;
  /** Elements of the parents' encodings. */
  readonly inputs: number;
  readonly weights: Float64Array;
  /** Their sum. */
  readonly total: number;
  /** `[rows]` each, of weighted mean 0 and weighted mean square 1, uncorrelated. */
  readonly basis: readonly Float64Array[];
  /** The parent of each column of the basis. */
  readonly parents: readonly string[];
  /** For coefficients of the basis, those of the encodings, and the mean of the predictor: intercept = mean - shift. */
  toEncoded(coefficients: ArrayLike<number>): { readonly weights: Float64Array; readonly shift: number };
  readonly findings: readonly DesignFinding[];
}

/** What the rows cannot tell apart. */
export type DesignFinding =
  | { readonly kind: "constant"; readonly parent: string; readonly value: string }
  | { readonly kind: "no rows"; readonly parent: string; readonly levels: readonly string[] }
  | { readonly kind: "determined"; readonly parent: string; readonly relation: string; readonly by: readonly string[] }
  | { readonly kind: "nearly"; readonly parent: string; readonly by: readonly string[]; readonly share: number };

/**
 * A column is determined by others where they leave less of it than this, relative to its spread; programs work in
 * single precision.
 */
const smallestRest = 1e-6;
/** One column's part that the others leave open is told where it is worth fewer rows than this. */
const fewEffectiveRows = 30;
const largestInflation = 100;

interface Entry {
  readonly column: Omit<EncodedColumn, "values">;
  /** Its place among the encodings. */
  readonly input: number;
  readonly mean: number;
  /** Root of the weighted mean square of the centred column. */
  readonly norm: number;
  /** On the basis before it, and last the norm of the rest. */
  readonly r: readonly number[];
}

export function createDesign(variables: readonly BoundVariable[], columns: FitColumns, rows: number): Design {
  const weights = columns.weights ?? new Float64Array(rows).fill(1);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const basis: Float64Array[] = [];
  const kept: Entry[] = [];
  const findings: DesignFinding[] = [];
  const levelShares: { readonly inputs: readonly number[]; readonly shares: readonly number[] }[] = [];
  let inputs = 0;
  for (const variable of variables) {
    const encoded = encodedColumns(variable, columns.parents[variable.name]!, rows);
    const means = encoded.map(({ values }) => weightedSum(values, weights) / total);
    const isClass = encoded[0]?.level !== null && classesOf(variable.domain) > 0;
    const reference = isClass ? means.indexOf(Math.max(...means)) : -1;
    if (isClass) levelShares.push({ inputs: encoded.map((_, k) => inputs + k), shares: means });
    const own: { entry: Entry; isKept: boolean }[] = [];
    for (const [k, { values, ...column }] of encoded.entries()) {
      if (k === reference) continue;
      // The encoding is nobody else's: it becomes a column of the basis where it stands.
      for (let row = 0; row < rows; row++) values[row]! -= means[k]!;
      const norm = Math.sqrt(weightedDot(values, values, weights) / total);
      if (!(norm > 1e-12 * Math.max(1, Math.abs(means[k]!)))) continue;
      const r = orthogonalise(values, basis, weights, total);
      const isKept = r.at(-1)! > smallestRest * norm && basis.length < rows - 1;
      const entry = { column, input: inputs + k, mean: means[k]!, norm, r };
      own.push({ entry, isKept });
      if (!isKept) continue;
      basis.push(values);
      kept.push(entry);
    }
    findings.push(...findingsOf(variable, encoded, means, own, kept, columns.parents[variable.name]!, total));
    inputs += encoded.length;
  }
  return {
    rows,
    inputs,
    weights,
    total,
    basis,
    parents: kept.map(({ column }) => column.parent),
    toEncoded(coefficients) {
      const solved = backSubstituted(kept, coefficients);
      const encodedWeights = new Float64Array(inputs);
      let shift = 0;
      for (const [k, { input, mean }] of kept.entries()) {
        encodedWeights[input] = solved[k]!;
        shift += solved[k]! * mean;
      }
      // A level without rows takes the mean of the others.
      for (const { inputs: places, shares } of levelShares) {
        const mean = shares.reduce((sum, share, k) => sum + share * encodedWeights[places[k]!]!, 0);
        for (const [k, share] of shares.entries()) if (share === 0) encodedWeights[places[k]!] = mean;
      }
      return { weights: encodedWeights, shift };
    },
    findings,
  };
}

function findingsOf(
  { name }: BoundVariable,
  encoded: readonly EncodedColumn[],
  means: readonly number[],
  own: readonly { readonly entry: Entry; readonly isKept: boolean }[],
  kept: readonly Entry[],
  values: ArrayLike<number>,
  total: number,
): DesignFinding[] {
  const empty = encoded.filter(({ level }, k) => level !== null && means[k] === 0).map(({ text }) => text);
  const findings: DesignFinding[] = empty.length > 0 ? [{ kind: "no rows", parent: name, levels: empty }] : [];
  if (own.length === 0) {
    const only = encoded.findIndex(({ level }, k) => level !== null && means[k]! > 0);
    const value = only < 0 ? `${name} = ${shortest(values[0]!)}` : encoded[only]!.text;
    return [{ kind: "constant", parent: name, value }, ...findings];
  }
  const dropped = own.find(({ isKept }) => !isKept);
  if (dropped) {
    const { entry } = dropped;
    const before = kept.slice(0, entry.r.length - 1);
    const terms = backSubstituted(before, entry.r.slice(0, -1));
    const by = unique(
      before
        .filter(({ norm }, k) => Math.abs(terms[k]!) * norm > smallestRest * entry.norm)
        .map(({ column }) => column.parent),
    );
    findings.push({ kind: "determined", parent: name, relation: relationText(entry, before, terms), by });
    return findings;
  }
  // The own part of a level is small beside the other levels' where the level is rare; numbers alone are judged.
  const [first] = own;
  if (first && own.length === 1 && encoded.length === 1) {
    const { r, norm } = first.entry;
    const inflation = (norm / r.at(-1)!) ** 2;
    if (inflation > largestInflation && (total / inflation < fewEffectiveRows || inflation > 1e8)) {
      const before = kept.slice(0, r.length - 1);
      const terms = backSubstituted(before, r.slice(0, -1));
      const by = unique(
        before.filter((one, k) => Math.abs(terms[k]!) * one.norm > 0.05 * norm).map(({ column }) => column.parent),
      );
      findings.push({ kind: "nearly", parent: name, by, share: 1 - 1 / inflation });
    }
  }
  return findings;
}

/** `z = 1 + 2 x`, in the units of the texts; without figures where classes are among the terms. */
function relationText({ column, mean, norm }: Entry, before: readonly Entry[], terms: Float64Array): string {
  const used = before
    .map((entry, k) => ({ entry, term: terms[k]! }))
    .filter(({ entry, term }) => Math.abs(term) * entry.norm > smallestRest * norm);
  if (
    column.level !== null ||
    used.some(({ entry }) => entry.column.level !== null) ||
    used.length > 3 ||
    used.length === 0
  )
    return "";
  let constant = column.centre + column.unit * mean;
  const parts: string[] = [];
  for (const { entry, term } of used) {
    const slope = (column.unit * term) / entry.column.unit;
    constant -= slope * (entry.column.centre + entry.column.unit * entry.mean);
    const size = shortest(Math.abs(slope));
    const factor = size === "1" ? "" : `${size} `;
    parts.push(
      `${parts.length === 0 ? (slope < 0 ? "-" : "") : slope < 0 ? " - " : " + "}${factor}${entry.column.text}`,
    );
  }
  const spread = column.unit * norm;
  if (Math.abs(constant) <= 1e-6 * spread) return `${column.text} = ${parts.join("")}`;
  const [head] = parts;
  const joined = head!.startsWith("-") ? ` - ${head!.slice(1)}` : ` + ${head}`;
  return `${column.text} = ${shortest(constant)}${joined}${parts.slice(1).join("")}`;
}

function shortest(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}

/** Turns a column into what the basis leaves of it, of mean square 1; gives the coordinates. Two passes. */
function orthogonalise(
  rest: Float64Array,
  basis: readonly Float64Array[],
  weights: Float64Array,
  total: number,
): number[] {
  const r = new Array<number>(basis.length).fill(0);
  for (let pass = 0; pass < 2; pass++)
    for (const [k, direction] of basis.entries()) {
      const share = weightedDot(direction, rest, weights) / total;
      r[k]! += share;
      for (let row = 0; row < rest.length; row++) rest[row]! -= share * direction[row]!;
    }
  const norm = Math.sqrt(weightedDot(rest, rest, weights) / total);
  r.push(norm);
  if (norm > 0) for (let row = 0; row < rest.length; row++) rest[row]! /= norm;
  return r;
}

/** b with Σ b_j column_j = Σ c_k basis_k: R b = c. */
function backSubstituted(entries: readonly Entry[], coefficients: ArrayLike<number>): Float64Array {
  const solved = Float64Array.from({ length: entries.length }, (_, k) => coefficients[k] ?? 0);
  for (let k = entries.length - 1; k >= 0; k--) {
    for (let j = k + 1; j < entries.length; j++) solved[k]! -= entries[j]!.r[k]! * solved[j]!;
    solved[k]! /= entries[k]!.r[k]!;
  }
  return solved;
}

export function weightedDot(a: Float64Array, b: Float64Array, weights: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < a.length; row++) sum += weights[row]! * a[row]! * b[row]!;
  return sum;
}

export function weightedSum(a: Float64Array, weights: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < a.length; row++) sum += weights[row]! * a[row]!;
  return sum;
}
