/**
 * Given tables of conditional probabilities: p(x = k | pa), one row for each combination of the parents' levels, the
 * last parent changing fastest. The rules for a table are decided here, for programs and for models that other tools
 * wrote.
 */

import { levelCount as countOfLevels, isLevelDomain } from "../../algebra/levels.js";
import { shortNumber } from "../../diagnostics/short-number.js";
import type { Domain, TableMechanism } from "../../schema/types.js";

/**
 * The tolerance of a row's sum around 1: it admits the rounding of entries in double precision, but not of printed
 * digits.
 */
export const sumTolerance = 1e-6;

/** The number of levels of a discrete variable; undefined if they are not a list, or only the data determine it. */
export function levelCount(domain: Domain | null): number | undefined {
  return isLevelDomain(domain) ? countOfLevels(domain) : undefined;
}

/** The reason why a row is not a distribution over `levels` levels; undefined if it is one. */
export function whyNotDistribution(row: readonly number[], levels: number): string | undefined {
  if (row.length !== levels) return `${row.length} probabilities for ${levels} levels`;
  const wrong = row.find((value) => !(value >= 0 && value <= 1));
  if (wrong !== undefined) return `${wrong} is not a probability`;
  const total = row.reduce((sum, value) => sum + value, 0);
  if (Math.abs(total - 1) <= sumTolerance) return undefined;
  return `the probabilities sum to ${shortNumber(total, (shown) => shown !== 1)}, not to 1`;
}

/** The number of rows of a table, given the number of levels of each parent. */
export function rowCount(parentLevels: readonly number[]): number {
  return parentLevels.reduce((product, levels) => product * levels, 1);
}

/** For each parent, the number of rows that the table advances when that parent advances by one level. */
export function rowStrides(parentLevels: readonly number[]): number[] {
  return parentLevels.map((_, index) => rowCount(parentLevels.slice(index + 1)));
}

/** The level of each parent in a row of the table. */
export function levelsOfRow(row: number, parentLevels: readonly number[]): number[] {
  const strides = rowStrides(parentLevels);
  return parentLevels.map((levels, index) => Math.floor(row / strides[index]!) % levels);
}

/** The number of rows shown; longer tables are cut with "…". */
const rowsShown = 8;

/** The mechanism as a program states it: `bernoulli(c, table = [0.5, 0.1])`. */
export function printTable({ parents, probabilities }: TableMechanism, domain: Domain | null): string {
  const kind = domain?.kind === "binary" ? "bernoulli" : "categorical";
  const digits = (value: number): string => String(Number(value.toPrecision(12)));
  const shown = probabilities.slice(0, rowsShown).map((row) => {
    return kind === "bernoulli" ? digits(row[1]!) : `[${row.map(digits).join(", ")}]`;
  });
  if (probabilities.length > rowsShown) shown.push("…");
  return `${kind}(${[...parents, `table = [${shown.join(", ")}]`].join(", ")})`;
}
