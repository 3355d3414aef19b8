/**
 * Decides how a starter program uses one column of a table: as a variable with a cautious type (numbers are real, never
 * silently positive, bounded or discrete), or not at all, with the reason. Other types that the values suggest become
 * remarks.
 */
import { spelledBoolean } from "../../algebra/levels.js";
import { levelsOf } from "../binding/category.js";
import { isMissing, isMostlyNumeric, quoted } from "../binding/cells.js";
import { commaHint, isMostlyCommaNumbers } from "../binding/comma-hint.js";
import { BadRows } from "../columns/bad-rows.js";
import type { Cells } from "../columns/cell-column.js";
import { commaNumber, parseNumber } from "../columns/number-notation.js";

export type StarterColumn =
  /** `notation` is what the manifest must state, beside the column's name, so that its numbers can be read. */
  | {
      readonly kind: "real";
      readonly remarks: readonly string[];
      readonly notation?: { readonly decimal?: ","; readonly thousands?: "," };
    }
  /** `levels` is absent if the cells are 0 and 1 or truth values, which need not be named. */
  | { readonly kind: "binary"; readonly levels?: readonly [string, string]; readonly remarks: readonly string[] }
  | { readonly kind: "categorical"; readonly levels: readonly string[]; readonly remarks: readonly string[] }
  | { readonly kind: "left out"; readonly reason: string; readonly isId: boolean };

/** Texts with more levels than this are probably not a category. */
const mostLevels = 50;
/** Pairs of texts that answer a question, the no first. */
const answers: readonly (readonly [string, string])[] = [
  ["no", "yes"],
  ["n", "y"],
];
/** From this share on, zeros among positive numbers are worth a remark. */
const manyZeros = 0.05;

export function examineColumn(name: string, cells: Cells): StarterColumn {
  const present = Array.from({ length: cells.length }, (_, row) => cells.text(row)).filter((text) => !isMissing(text));
  const distinct = new Set(present).size;
  if (distinct === 0) return leftOut("every value is missing");
  if (distinct === 1) return leftOut(`constant: every value is ${JSON.stringify(present[0])}`);
  if (isMostlyCommaNumbers(cells)) return commaColumn(cells);
  const truth = truthColumn(cells, present, distinct);
  if (truth !== undefined) return truth;
  const numeric = isMostlyNumeric(cells);
  const unique = distinct === cells.length;
  if (unique && (numeric ? isRunningNumber(name, present) : distinct > 2)) {
    return { kind: "left out", isId: true, reason: "a different value in every row: it names the rows" };
  }
  if (numeric)
    return {
      kind: "real",
      remarks: [...numberRemarks(cells, present), ...missingRemarks(cells), ...faultRemarks(cells)],
    };
  if (distinct > mostLevels) {
    return leftOut(`${distinct.toLocaleString("en")} different texts, too many for a category`);
  }
  return { kind: "categorical", levels: levelsOf(cells), remarks: missingRemarks(cells) };
}

/** Reads numbers with commas if their meaning is clear, in the notation that the manifest then states. */
function commaColumn(cells: Cells): StarterColumn {
  const rows = Array.from({ length: cells.length }, (_, row) => row).filter((row) => !isMissing(cells.text(row)));
  const kinds = new Set(rows.map((row) => commaNumber(cells.text(row))));
  const isDecimal = kinds.has("decimal") && !kinds.has("thousands");
  const isGrouped = kinds.has("thousands") && !kinds.has("decimal");
  if (!isDecimal && !isGrouped)
    return leftOut(commaHint(cells, rows) ?? "its cells are numbers with commas, and not all of one kind");
  const notation = isDecimal ? ({ decimal: "," } as const) : ({ thousands: "," } as const);
  const read: Cells = { ...cells, notation: { decimal: ".", ...notation } };
  const present = rows.map((row) => cells.text(row));
  return {
    kind: "real",
    remarks: [...numberRemarks(read, present), ...missingRemarks(read), ...faultRemarks(read)],
    notation,
  };
}

/** The column as binary if it holds 0 and 1, truth values, or yes and no; undefined for anything else. */
function truthColumn(cells: Cells, present: readonly string[], distinct: number): StarterColumn | undefined {
  const remarks = missingRemarks(cells);
  const values = new Set(present.map((text) => spelledBoolean(text) ?? parseNumber(text, cells.notation)));
  if (values.size === 2 && values.has(0) && values.has(1)) return { kind: "binary", remarks };
  if (distinct !== 2) return undefined;
  const [one, two] = [...new Set(present)] as [string, string];
  for (const [no, yes] of answers) {
    const texts = [one, two].map((text) => text.trim().toLowerCase());
    if (texts[0] === no && texts[1] === yes) return { kind: "binary", levels: [one, two], remarks };
    if (texts[0] === yes && texts[1] === no) return { kind: "binary", levels: [two, one], remarks };
  }
  return undefined;
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
    const number = parseNumber(cells.text(row), cells.notation);
    if (!isMissing(cells.text(row)) && (number === undefined || !Number.isFinite(number))) faults.add(row);
  }
  if (faults.count === 0) return [];
  return [`${faults.counted("cell is no number", "cells are no numbers")}, ${faults.places()}: correct before fitting`];
}

function leftOut(reason: string): StarterColumn {
  return { kind: "left out", reason, isId: false };
}

/** True for whole numbers without a gap, all different, or whole numbers with gaps in a column whose name says id. */
function isRunningNumber(name: string, texts: readonly string[]): boolean {
  const numbers = texts.map(Number);
  if (!numbers.every(Number.isInteger)) return false;
  const { low, high } = range(numbers);
  return high - low === numbers.length - 1 ? numbers.length > 2 : /(^|[^a-z])id$|^(index|key|row)$/i.test(name.trim());
}

/** Remarks on the observed range and on the types that the values would fit. */
function numberRemarks({ notation }: Cells, texts: readonly string[]): string[] {
  const numbers = texts
    .map((text) => parseNumber(text, notation))
    .filter((number) => number !== undefined && Number.isFinite(number));
  if (numbers.length === 0) return [];
  const { low, high } = range(numbers as number[]);
  return [`observed ${low} to ${high}${suggested(numbers as number[], low)}`];
}

function suggested(numbers: readonly number[], low: number): string {
  const zeros = numbers.filter((number) => number === 0).length / numbers.length;
  if (low === 0 && zeros > manyZeros && !numbers.every(Number.isInteger))
    return `; ${Math.round(100 * zeros)} % are exactly 0: nonnegative gives 0 a probability of its own`;
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
