/**
 * Turns the texts of a column into codes 0, 1, … in the order of their levels. The order comes from the wanted domain's
 * levels, else the manifest's, else the digits 0 … k - 1, else the sorted texts of the column.
 */

import { codeOfText, listedTexts } from "../../algebra/levels.js";
import type { Diagnostic } from "../../diagnostics/diagnostic.js";
import { BadRows } from "../columns/bad-rows.js";
import type { Cells } from "../columns/cell-column.js";
import { parseNumber } from "../columns/number-notation.js";
import { isMissing, missingCells, quoted, type Read } from "./cells.js";
import { suggestion } from "./suggestion.js";

export interface Categories {
  readonly codes: Int32Array;
  readonly levels: readonly string[];
}

/** `size` is the number of levels that the domain states; null if the type was left out. */
export function readCategories(
  cells: Cells,
  size: number | null,
  levels: readonly string[] | undefined,
): Read<Categories> {
  const order = levels ?? levelsOf(cells, size);
  if (order.length < 2 || (size !== null && order.length !== size)) {
    return { diagnostics: [wrongCount(cells, size, order, levels !== undefined)] };
  }
  // Each spelling is looked up once.
  const codeOf = new Map<string, number | undefined>(order.map((level, code) => [level, code]));
  const domain = { kind: "categorical" as const, size: order.length, levels: [...order] };
  const codes = new Int32Array(cells.length);
  const missing = new BadRows((row) => cells.place(row));
  const unknown = new BadRows((row) => quoted(cells, row));
  for (let row = 0; row < cells.length; row++) {
    const text = cells.text(row);
    if (!codeOf.has(text)) codeOf.set(text, codeOfText(domain, text));
    const code = codeOf.get(text);
    if (code !== undefined) codes[row] = code;
    else if (isMissing(text) && cells.allowsMissing) codes[row] = -1;
    else if (isMissing(text)) missing.add(row);
    else unknown.add(row);
  }
  const diagnostics = [...missingCells(cells, missing), ...unknownLevels(cells, unknown, order)];
  return diagnostics.length > 0 ? { diagnostics } : { value: { codes, levels: order } };
}

function unknownLevels(cells: Cells, unknown: BadRows, order: readonly string[]): Diagnostic[] {
  return unknown.diagnostics({
    code: "6016",
    file: cells.file,
    message: `${cells.name}: ${unknown.counted("cell is", "cells are")} none of the levels`,
    hint: `The levels are ${listedTexts(order)}. Correct the cells, or add the level to the type or the manifest.`,
  });
}

/**
 * The distinct texts, sorted: as numbers if all are numbers, else by code unit, which does not depend on the machine.
 */
export function levelsOf(cells: Cells, size: number | null = null): string[] {
  const texts = new Set<string>();
  for (let row = 0; row < cells.length; row++) {
    const text = cells.text(row);
    if (!isMissing(text)) texts.add(text);
  }
  const all = [...texts];
  const numbers = all.map((text) => parseNumber(text));
  if (!numbers.every((number) => number !== undefined)) return all.sort();
  if (size !== null && numbers.every((number) => Number.isInteger(number) && number >= 0 && number < size)) {
    return Array.from({ length: size }, (_, code) => String(code));
  }
  return [...new Set(all.map(canonical))].sort((left, right) => Number(left) - Number(right));
}

/** The standard spelling of a number, so `1`, `1.0` and `01` are the same level; other texts stay as they are. */
function canonical(text: string): string {
  const number = parseNumber(text);
  return number === undefined ? text : String(number);
}

function wrongCount(cells: Cells, size: number | null, order: readonly string[], given: boolean): Diagnostic {
  const found = `${cells.name} ${given ? "is given" : "has"} ${order.length} ${order.length === 1 ? "level" : "levels"} (${order.length === 0 ? "none" : listedTexts(order)})`;
  const { file } = cells;
  if (size === null) {
    return {
      code: "6016",
      severity: "error",
      file,
      message: `${found}: a category needs at least 2`,
      hint: "A constant can be neither cause nor effect: leave the variable out.",
    };
  }
  return {
    code: "6016",
    severity: "error",
    file,
    message: `${found}, but its type has ${size}`,
    hint: given
      ? 'Make the "levels" of the manifest and the type agree.'
      : 'List all levels in the manifest: "levels": ["…", "…"], or correct the type.',
  };
}

/** The levels of the type and of the manifest must be the same texts; the type's order counts. */
export function disagreement(
  cells: Cells,
  wanted: readonly string[],
  given: readonly string[],
): Diagnostic | undefined {
  const odd = given.find((level) => !wanted.includes(level)) ?? wanted.find((level) => !given.includes(level));
  if (odd === undefined) return undefined;
  return {
    code: "6016",
    severity: "error",
    file: cells.file,
    message: `${cells.name}: the level ${JSON.stringify(odd)} is in only one of the type and the manifest`,
    hint: suggestion(odd, wanted.includes(odd) ? given : wanted),
  };
}
