/**
 * What a starter program makes of one column of a table: a variable with a cautious type (numbers are real: never silently
 * positive, bounded or discrete), or a reason to leave it out. What else the values suggest becomes a remark.
 */
import { BadRows } from "./bad-rows.js";
import { levelsOf } from "./category.js";
import { type Cells, isMissing, isMostlyNumeric, quoted } from "./cells.js";
import { parseNumber } from "./number-notation.js";

export type StarterColumn =
  | { readonly kind: "real"; readonly remarks: readonly string[] }
  | { readonly kind: "categorical"; readonly levels: readonly string[]; readonly remarks: readonly string[] }
  | { readonly kind: "left out"; readonly reason: string; readonly isId: boolean };

/** Texts with more levels than this are hardly a category. */
const mostLevels = 50;

export function examineColumn(name: string, cells: Cells): StarterColumn {
  const present = Array.from({ length: cells.length }, (_, row) => cells.text(row)).filter((text) => !isMissing(text));
  const distinct = new Set(present).size;
  if (distinct === 0) return leftOut("every value is missing");
  if (distinct === 1) return leftOut(`constant: every value is ${JSON.stringify(present[0])}`);
  const numeric = isMostlyNumeric(cells);
  const unique = distinct === cells.length;
  if (unique && (numeric ? isRunningNumber(name, present) : distinct > 2)) {
    return { kind: "left out", isId: true, reason: "a different value in every row: it names the rows" };
  }
  if (numeric)
    return { kind: "real", remarks: [...numberRemarks(present), ...missingRemarks(cells), ...faultRemarks(cells)] };
  if (distinct > mostLevels) {
    return leftOut(`${distinct.toLocaleString("en")} different texts, too many for a category`);
  }
  return { kind: "categorical", levels: levelsOf(cells), remarks: missingRemarks(cells) };
}

function missingRemarks(cells: Cells): string[] {
  let missing = 0;
  for (let row = 0; row < cells.length; row++) if (isMissing(cells.text(row))) missing++;
  if (missing === 0) return [];
  return [`${counted(missing, "value is", "values are")} missing: a fit leaves these rows out or completes them`];
}

function faultRemarks(cells: Cells): string[] {
  const faults = new BadRows((row) => quoted(cells, row));
  for (let row = 0; row < cells.length; row++) {
    const number = parseNumber(cells.text(row));
    if (!isMissing(cells.text(row)) && (number === undefined || !Number.isFinite(number))) faults.add(row);
  }
  if (faults.count === 0) return [];
  return [`${faults.counted("cell is no number", "cells are no numbers")}, ${faults.places()}: correct before fitting`];
}

function leftOut(reason: string): StarterColumn {
  return { kind: "left out", reason, isId: false };
}

/** Whole numbers without a gap, in every row another; or, with gaps, whole numbers in a column that is called an id. */
function isRunningNumber(name: string, texts: readonly string[]): boolean {
  const numbers = texts.map(Number);
  if (!numbers.every(Number.isInteger)) return false;
  const { low, high } = range(numbers);
  return high - low === numbers.length - 1 ? numbers.length > 2 : /(^|[^a-z])id$|^(index|key|row)$/i.test(name.trim());
}

/** The observed range, and the types that the values would fit, as suggestions only. */
function numberRemarks(texts: readonly string[]): string[] {
  const numbers = texts
    .map((text) => parseNumber(text))
    .filter((number) => number !== undefined && Number.isFinite(number));
  if (numbers.length === 0) return [];
  const { low, high } = range(numbers as number[]);
  return [`observed ${low} to ${high}${suggested(numbers as number[], low, high)}`];
}

function suggested(numbers: readonly number[], low: number, high: number): string {
  const values = new Set(numbers);
  if (values.size === 2 && low === 0 && high === 1) return "; if it is a yes or no: binary := bernoulli()";
  if (low >= 0 && numbers.every(Number.isInteger)) return "; if it counts something: count";
  return low > 0 ? "; if it can never be 0 or less: positive" : "";
}

function range(numbers: readonly number[]): { low: number; high: number } {
  let low = Infinity;
  let high = -Infinity;
  for (const number of numbers) {
    if (number < low) low = number;
    if (number > high) high = number;
  }
  return { low, high };
}

function counted(number: number, one: string, many: string): string {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}
