/**
 * Cells of text, from a column of a table or from the items of an IDX file of labels, and their reading as numbers.
 * Every problem of a column is collected before any is reported.
 */
import type { Diagnostic } from "../../diagnostics/diagnostic.js";
import { BadRows } from "../columns/bad-rows.js";
import type { Cells } from "../columns/cell-column.js";
import type { Numbers } from "../columns/column-cells.js";
import { parseNumber } from "../columns/number-notation.js";
import { commaHint } from "./comma-hint.js";
import type { DomainRule } from "./scalar-domain.js";

export type Read<T> = { readonly value: T; readonly diagnostics?: undefined } | { readonly diagnostics: Diagnostic[] };

const missingTexts = new Set(["", "na", "n/a", "nan", "null", "none", "."]);

export function isMissing(text: string): boolean {
  return missingTexts.has(text.trim().toLowerCase());
}

/** True if most non-missing cells spell numbers; the others are then faults, not the names of categories. */
export function isMostlyNumeric(cells: Cells): boolean {
  let numbers = 0;
  let others = 0;
  for (let row = 0; row < cells.length; row++) {
    if (cells.numbers && !Number.isNaN(cells.numbers[row]!)) {
      numbers++;
      continue;
    }
    const text = cells.text(row);
    if (isMissing(text)) continue;
    if (parseNumber(text, cells.notation) === undefined) others++;
    else numbers++;
  }
  return numbers > others;
}

export function readNumbers(cells: Cells, rule: DomainRule): Read<Numbers> {
  const { numbers } = cells;
  // Values stay in single precision if none has to be read from texts.
  const values = numbers ?? new Float64Array(cells.length);
  const bad = {
    missing: new BadRows((row) => cells.place(row)),
    noNumber: new BadRows((row) => quoted(cells, row)),
    infinite: new BadRows((row) => quoted(cells, row)),
    large: new BadRows((row) => quoted(cells, row)),
    outside: new BadRows((row) => quoted(cells, row)),
  };
  for (let row = 0; row < cells.length; row++) {
    const known = numbers ? numbers[row]! : Number.NaN;
    const text = Number.isNaN(known) ? cells.text(row) : "";
    const value = Number.isNaN(known) ? parseNumber(text, cells.notation) : known;
    if (value === undefined && cells.allowsMissing && isMissing(text)) values[row] = Number.NaN;
    else if (value === undefined) (isMissing(text) ? bad.missing : bad.noNumber).add(row);
    else if (!Number.isFinite(value)) bad.infinite.add(row);
    else if (!Number.isFinite(Math.fround(value))) bad.large.add(row);
    else if (!rule.admits(value)) bad.outside.add(row);
    else values[row] = value;
  }
  const { file, name } = cells;
  const diagnostics = [
    ...missingCells(cells, bad.missing),
    ...bad.noNumber.diagnostics({
      code: "6013",
      file,
      message: `${name}: ${bad.noNumber.counted("cell is not a number", "cells are not numbers")} (expected ${rule.expected})`,
      hint:
        commaHint(cells, bad.noNumber.named) ??
        `Correct the cells (decimal ${cells.notation?.decimal === "," ? "comma" : "point"}, no unit), or give the texts as "levels" in the manifest.`,
    }),
    ...bad.infinite.diagnostics({
      code: "6014",
      file,
      message: `${name}: ${bad.infinite.counted("cell is", "cells are")} not finite (expected ${rule.expected})`,
      hint: "Correct these rows or leave them out.",
    }),
    ...bad.large.diagnostics({
      code: "6050",
      file,
      message: `${name}: ${bad.large.counted("cell is", "cells are")} beyond 3.4e38, the largest number that programs compute with`,
      hint: "Correct these rows, leave them out, or give the column in a larger unit.",
    }),
    ...bad.outside.diagnostics({
      code: "6015",
      file,
      message: `${name}: ${bad.outside.counted("cell is", "cells are")} outside ${rule.name} (expected ${rule.expected})`,
      hint: `Correct these rows or leave them out, or give the variable a wider type${rule.wider === undefined ? "" : `, such as ${rule.wider}`}.`,
    }),
  ];
  return diagnostics.length > 0 ? { diagnostics } : { value: values };
}

/** The texts of cells that were read as missing, with their counts; empty cells are not listed. */
export function textsTakenForMissing(cells: Cells, isMissingAt: (row: number) => boolean): Map<string, number> {
  const texts = new Map<string, number>();
  for (let row = 0; row < cells.length; row++) {
    if (!isMissingAt(row)) continue;
    const text = cells.text(row).trim();
    if (text !== "") texts.set(text, (texts.get(text) ?? 0) + 1);
  }
  return texts;
}

export function missingCells(cells: Cells, missing: BadRows): Diagnostic[] {
  return missing.diagnostics({
    code: "6012",
    file: cells.file,
    message: `${cells.name}: ${missing.counted("value is", "values are")} missing`,
    hint: "Every row needs a value of every variable: leave these rows out, or fill them in.",
  });
}

/** A cell's place and text, cut to a length that fits a message. */
export function quoted(cells: Cells, row: number): string {
  const text = cells.text(row);
  return `${cells.place(row)} ${JSON.stringify(text.length > 24 ? `${text.slice(0, 23)}…` : text)}`;
}
