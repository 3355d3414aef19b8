/**
 * Units by which of their variables are observed: units of one pattern are answered together. A missing number is NaN.
 */
import { numbersOf, type Rows } from "../../tensors/core/rows.js";

export interface Pattern {
  /** Observed variables, in the order given. */
  readonly observed: readonly string[];
  readonly units: Int32Array;
}

export function isMissingAt(rows: Rows, row: number): boolean {
  const { size } = rows;
  const data = numbersOf(rows);
  if (data instanceof Uint8Array) return false;
  for (let k = row * size; k < (row + 1) * size; k++) if (Number.isNaN(data[k]!)) return true;
  return false;
}

export function hasMissing(rows: Rows): boolean {
  const data = numbersOf(rows);
  return !(data instanceof Uint8Array) && data.some((value: number) => Number.isNaN(value));
}

/** The variables without a value in some unit. */
export function missingIn(observed: ReadonlyMap<string, Rows>): string[] {
  return [...observed].filter(([, rows]) => hasMissing(rows)).map(([name]) => name);
}

export function patternsOf(names: readonly string[], observed: ReadonlyMap<string, Rows>, units: number): Pattern[] {
  const present = names.filter((name) => observed.has(name));
  const partial = present.filter((name) => hasMissing(observed.get(name)!));
  if (partial.length === 0)
    return [{ observed: present, units: Int32Array.from({ length: units }, (_, unit) => unit) }];
  const found = new Map<string, { observed: readonly string[]; units: number[] }>();
  for (let unit = 0; unit < units; unit++) {
    const missing = new Set(partial.filter((name) => isMissingAt(observed.get(name)!, unit)));
    const key = partial.map((name) => (missing.has(name) ? "0" : "1")).join("");
    const group = found.get(key) ?? { observed: present.filter((name) => !missing.has(name)), units: [] };
    found.set(key, group);
    group.units.push(unit);
  }
  return [...found.values()].map((group) => ({ observed: group.observed, units: Int32Array.from(group.units) }));
}
