/**
 * Reads one variable from its source and checks it against the wanted domain. If the type is left out (null), it is
 * bound from the data: a numeric column is real (never guessed positive or bounded), texts are categorical, IDX is an
 * image.
 */

import {
  booleanLevels,
  isLevelDomain,
  type LevelDomain,
  levelCount,
  spelledBoolean,
  spelledNumber,
} from "../../algebra/levels.js";
import type { Diagnostic } from "../../diagnostics/diagnostic.js";
import type { Domain, ImageDomain, VectorDomain } from "../../schema/types.js";
import { BadRows } from "../columns/bad-rows.js";
import type { Cells } from "../columns/cell-column.js";
import type { Column } from "../columns/dataset.js";
import { commaNumber } from "../columns/number-notation.js";
import { precisionWarning } from "../columns/precision.js";
import { disagreement, levelsOf, readCategories } from "./category.js";
import { isMissing, isMostlyNumeric, quoted, type Read, readNumbers } from "./cells.js";
import { commaHint, isMostlyCommaNumbers } from "./comma-hint.js";
import { type DomainRule, domainName, domainRule, type ScalarDomain } from "./scalar-domain.js";

export interface BoundColumn {
  readonly column: Column;
  readonly domain: Domain;
}

/** One column of a table, or the labels of a one-dimensional IDX file. */
export function bindCells(cells: Cells, wanted: Domain | null, levels?: readonly string[]): Read<BoundColumn> {
  if (wanted === null) {
    if (levels === undefined && isMostlyCommaNumbers(cells)) return commaNumbers(cells);
    return levels === undefined && isMostlyNumeric(cells)
      ? bindNumbers(cells, { kind: "real" })
      : bindLevels(cells, null, levels);
  }
  switch (wanted.kind) {
    case "vector":
    case "image":
      return unfit(
        cells,
        wanted,
        wanted.kind === "vector" ? 'a list: "columns": ["…", "…"]' : 'an IDX file: "idx": "…", or pictures: "png": "…"',
      );
    case "categorical":
      return bindLevels(cells, wanted, levels);
    case "binary":
    case "ordinal": {
      const named = levels ?? wanted.levels ?? (wanted.kind === "binary" ? truthLevels(cells) : undefined);
      return named === undefined ? bindNumbers(cells, wanted) : bindLevels(cells, wanted, named);
    }
    default:
      if (levels !== undefined) {
        return unfit(cells, wanted, 'no "levels": those are for binary, ordinal and categorical variables');
      }
      return bindNumbers(cells, wanted);
  }
}

/** Refuses numbers with commas, which would otherwise be taken silently for the names of categories. */
function commaNumbers(cells: Cells): { diagnostics: Diagnostic[] } {
  const rows = new BadRows((row) => quoted(cells, row));
  const examples: number[] = [];
  for (let row = 0; row < cells.length; row++) {
    if (commaNumber(cells.text(row)) === undefined) continue;
    rows.add(row);
    if (examples.length < 100) examples.push(row);
  }
  return {
    diagnostics: rows.diagnostics({
      code: "6070",
      file: cells.file,
      message: `${cells.name}: ${rows.counted("cell is a number with a comma", "cells are numbers with a comma")}`,
      hint: `${commaHint(cells, examples) ?? 'If these are decimals, write "decimal": "," into the manifest.'} If they are the names of categories, give them as "levels".`,
    }),
  };
}

/** Reads several columns of a table, one for each element of a vector. */
export function bindVector(
  columns: readonly Cells[],
  use: string,
  file: string,
  wanted: Domain | null,
): Read<BoundColumn> {
  const size = columns.length;
  if (wanted !== null && (wanted.kind !== "vector" || wanted.size !== size)) {
    return {
      diagnostics: [
        misfit(file, `${use} is ${domainName(wanted)}, but bound to ${size} columns`, wantedSource(wanted)),
      ],
    };
  }
  const rows = columns[0]?.length ?? 0;
  const values = new Float32Array(rows * size);
  const rule: DomainRule = {
    name: `vector(${size})`,
    expected: "a number within single precision",
    admits: (value) => Number.isFinite(Math.fround(value)),
  };
  const diagnostics: Diagnostic[] = [];
  for (const [element, cells] of columns.entries()) {
    const read = readNumbers(cells, rule);
    if (read.diagnostics !== undefined) diagnostics.push(...read.diagnostics);
    else {
      for (let row = 0; row < rows; row++) values[row * size + element] = read.value[row]!;
      // Elements become single-precision numbers without an origin.
      const loss = precisionWarning(cells.name, read.value, { kind: "vector", size });
      if (loss) diagnostics.push({ code: "6014", severity: "error", file, message: loss.message, hint: loss.hint });
    }
  }
  if (diagnostics.length > 0) return { diagnostics };
  const domain: VectorDomain = { kind: "vector", size };
  return { value: { column: { kind: "vector", size, values }, domain } };
}

/** The images of an IDX file of three or four dimensions, by its shape, which is known before any item is read. */
export function idxImages(
  use: string,
  file: string,
  shape: readonly number[],
  wanted: Domain | null,
): Read<ImageDomain> {
  const [items, height = 0, width = 0, channels = 1] = shape;
  if (shape.length < 3 || shape.length > 4 || Math.min(height, width, channels) < 1) {
    return {
      diagnostics: [
        misfit(
          file,
          `${use}: the IDX file has the shape ${shape.join("×")}`,
          "Images are items×height×width or items×height×width×channels.",
        ),
      ],
    };
  }
  const found: ImageDomain = { kind: "image", height, width, channels };
  if (wanted !== null) {
    if (wanted.kind !== "image") {
      return {
        diagnostics: [misfit(file, `${use} is ${domainName(wanted)}, but bound to images`, wantedSource(wanted))],
      };
    }
    const agrees =
      (wanted.height ?? height) === height && (wanted.width ?? width) === width && wanted.channels === channels;
    if (!agrees) {
      return {
        diagnostics: [
          {
            code: "6017",
            severity: "error",
            file,
            message: `${use}: all ${items} items are ${domainName(found)}, but ${expectedImage(wanted)} was expected`,
            hint: "Bind the images that belong to this model, or change the type and fit again.",
          },
        ],
      };
    }
  }
  return { value: found };
}

/** The domain of pictures for a variable that is an image or untyped; null if its type leaves the size open. */
export function pictureDomain(use: string, file: string, wanted: Domain | null): Read<ImageDomain | null> {
  if (wanted === null || wanted.kind === "image") return { value: wanted };
  return {
    diagnostics: [misfit(file, `${use} is ${domainName(wanted)}, but bound to pictures`, wantedSource(wanted))],
  };
}

/** A bare `image` leaves the size open, not the number of channels. */
function expectedImage(wanted: ImageDomain): string {
  if (wanted.height !== null && wanted.width !== null) return domainName(wanted);
  return `an image of ${wanted.channels} ${wanted.channels === 1 ? "channel" : "channels"}`;
}

function bindNumbers(cells: Cells, domain: ScalarDomain): Read<BoundColumn> {
  const read = readNumbers(cells, domainRule(domain));
  if (read.diagnostics !== undefined) {
    const named = isLevelDomain(domain) ? suggestedLevels(cells, levelCount(domain)) : undefined;
    if (named === undefined) return read;
    const hint = `If these are its levels, name them in the manifest, beside the column and in their order: "levels": [${named.map((level) => JSON.stringify(level)).join(", ")}]`;
    const isOfCells = ({ code }: Diagnostic) => code === "6013" || code === "6015";
    return { diagnostics: read.diagnostics.map((one) => (isOfCells(one) ? { ...one, hint } : one)) };
  }
  return { value: { column: { kind: "numeric", values: read.value }, domain } };
}

/** Reads levels by their texts. The type's levels take precedence over the manifest's, which must be the same. */
function bindLevels(cells: Cells, wanted: LevelDomain | null, given: readonly string[] | undefined): Read<BoundColumn> {
  if (wanted?.levels !== undefined && given !== undefined) {
    const odd = disagreement(cells, wanted.levels, given);
    if (odd !== undefined) return { diagnostics: [odd] };
  }
  const read = readCategories(cells, wanted && levelCount(wanted), wanted?.levels ?? given);
  if (read.diagnostics !== undefined) return read;
  const { codes, levels } = read.value;
  const domain: Domain =
    wanted === null
      ? { kind: "categorical", size: levels.length, levels: [...levels] }
      : { ...wanted, levels: [...levels] };
  return { value: { column: { kind: "category", codes, levels }, domain } };
}

/** The levels of a column of truth values: False and True in the spelling of the first cell. They need not be named. */
function truthLevels(cells: Cells): readonly string[] | undefined {
  for (let row = 0; row < cells.length; row++) {
    if (cells.numbers && !Number.isNaN(cells.numbers[row]!)) continue;
    const text = cells.text(row);
    if (isMissing(text) || spelledNumber(text) !== undefined) continue;
    return spelledBoolean(text) === undefined ? undefined : booleanLevels(text);
  }
  return undefined;
}

/** The levels that a hint suggests for the cells: 1 to k, or the texts found, if their number is right. */
function suggestedLevels(cells: Cells, count: number): readonly string[] | undefined {
  const texts = levelsOf(cells);
  const fromOne = Array.from({ length: count }, (_, place) => String(place + 1));
  if (texts.every((text) => fromOne.includes(text))) return fromOne;
  return texts.length === count ? texts : undefined;
}

function unfit(cells: Cells, wanted: Domain, source: string): { diagnostics: Diagnostic[] } {
  return {
    diagnostics: [
      misfit(cells.file, `${cells.name} is ${domainName(wanted)}`, `In the manifest this type needs ${source}.`),
    ],
  };
}

function wantedSource(wanted: Domain): string {
  if (wanted.kind === "image") return 'Images are bound by "idx": "FILE" or "png": "NAME".';
  if (wanted.kind === "vector") return `A vector of ${wanted.size} is bound by "columns" with ${wanted.size} names.`;
  return 'It is bound by "column": "NAME".';
}

export function misfit(file: string, message: string, hint: string): Diagnostic {
  return { code: "6008", severity: "error", file, message, hint };
}
