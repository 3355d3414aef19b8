/**
 * Values as a caller of the library holds them: one column a variable. Numbers in the variable's own unit, classes by
 * the names of their levels where the domain has any, images and vectors row after row in one array.
 */

import {
  codeOfNumber,
  codeOfText,
  isLevelDomain,
  type LevelDomain,
  levelTexts,
  listedLevels,
} from "../algebra/levels.js";
import type { Numbers } from "../data/columns/column-cells.js";
import { failure } from "../diagnostics/diagnostic.js";
import { wholeValues } from "../runtime/mechanisms/bound/columns.js";
import { type BoundVariable, originOfVariable, sizeOf } from "../runtime/mechanisms/bound/variables.js";
import type { Rows } from "../runtime/tensors/core/rows.js";

/**
 * A number a unit: real, positive, interval, count; binary (0 or 1) and ordinal (from 0) where their levels have no
 * texts. Answers are in double precision where the variable's mean is so large beside its spread that single precision
 * would not hold it.
 */
export interface Scalar {
  readonly units: ArrayLike<number>;
  readonly answer: Float32Array | Float64Array;
}

/** A level a unit, by its text: categorical, binary and ordinal variables whose levels have texts. */
export interface Categorical<Level extends string = string> {
  readonly units: ArrayLike<Level>;
  readonly answer: Level[];
}

/** `Size` numbers a unit: `[units, size]`, row-major. */
export interface Vector<Size extends number = number> {
  readonly size?: Size;
  readonly units: Float32Array | ArrayLike<ArrayLike<number>>;
  readonly answer: Float32Array;
}

/** Grey levels 0..255: `[units, height, width, channels]`, row-major. */
export interface Image<
  Height extends number = number,
  Width extends number = number,
  Channels extends number = number,
> {
  readonly shape?: readonly [Height, Width, Channels];
  readonly units: Uint8Array | Float32Array | ArrayLike<ArrayLike<number>>;
  readonly answer: Float32Array;
}

export type VariableType = Scalar | Categorical | Vector | Image;

/** What `scmc compile --types` writes for a model: the type of each of its variables. */
export type VariableTypes<Names extends PropertyKey = string> = { readonly [Name in Names]: VariableType };

/** Observed units: a column for each variable that is known. */
export type Units<Types> = {
  readonly [Name in keyof Types]?: Types[Name] extends VariableType ? Types[Name]["units"] : never;
};

/** One column for each variable that was asked for. */
export type Answers<Types, Names extends keyof Types = keyof Types> = {
  readonly [Name in Names]: Types[Name] extends VariableType ? Types[Name]["answer"] : never;
};

/**
 * The columns as programs take them. Throws where lengths differ or a value is not of the domain's form, naming
 * variable and unit.
 */
export function rowsOfUnits(
  units: Readonly<Record<string, unknown>>,
  variables: ReadonlyMap<string, BoundVariable>,
): Map<string, Rows> {
  const columns = new Map<string, Rows>();
  for (const [name, column] of Object.entries(units)) {
    if (column === undefined) continue;
    const variable = variables.get(name);
    if (!variable)
      throw failure(
        "7201",
        "units",
        `the model has no variable \`${name}\``,
        `It has ${[...variables.keys()].join(", ")}.`,
      );
    columns.set(name, rowsOf(variable, column as ArrayLike<unknown>));
  }
  const counts = [...columns].map(([name, { rows }]) => `\`${name}\` has ${rows}`);
  if (new Set([...columns.values()].map(({ rows }) => rows)).size > 1)
    throw failure(
      "7202",
      "units",
      `the columns differ in length: ${counts.join(", ")}`,
      "Give every variable one value a unit.",
    );
  return columns;
}

function rowsOf(variable: BoundVariable, column: ArrayLike<unknown>): Rows {
  const { name, domain } = variable;
  const size = sizeOf(domain);
  if (isLevelDomain(domain) && domain.levels !== undefined)
    return { rows: column.length, size, data: codesOf(name, domain, column) };
  const isFlat = ArrayBuffer.isView(column) && size > 1;
  if (isFlat && column.length % size !== 0)
    throw failure("7202", "units", `\`${name}\` has ${column.length} numbers, which is no multiple of ${size}`);
  if (column instanceof Uint8Array && domain.kind === "image")
    return { rows: column.length / size, size, data: column };
  const data =
    size === 1 || isFlat ? numbersOf(name, column, size, originOfVariable(variable)) : flattened(name, column, size);
  return { rows: data.length / size, size, data };
}

/** Levels by their texts, or by the numbers that name them. */
function codesOf(name: string, domain: LevelDomain, column: ArrayLike<unknown>): Float32Array {
  return Float32Array.from(column, (level, unit) => {
    const code =
      typeof level === "number"
        ? codeOfNumber(domain, level)
        : codeOfText(domain, typeof level === "string" || typeof level === "boolean" ? String(level) : "");
    if (code !== undefined) return code;
    throw failure(
      "7203",
      "units",
      `\`${name}\` of unit ${unit + 1} is ${JSON.stringify(level) ?? String(level)}`,
      `It is one of ${listedLevels(domain)}.`,
    );
  });
}

/** Less the origin, in double precision. */
function numbersOf(name: string, column: ArrayLike<unknown>, size: number, origin = 0): Float32Array {
  // Neither `null` nor a text becomes a number unseen.
  const numbers = Float32Array.from(column as ArrayLike<unknown>, (value) =>
    typeof value === "number" ? value - origin : Number.NaN,
  );
  const bad = numbers.findIndex((number) => !Number.isFinite(number));
  if (bad < 0) return numbers;
  throw failure(
    "7203",
    "units",
    `\`${name}\` of unit ${Math.floor(bad / size) + 1} is ${String(column[bad])}`,
    "Give a finite number.",
  );
}

function flattened(name: string, column: ArrayLike<unknown>, size: number): Float32Array {
  const data = new Float32Array(column.length * size);
  for (let unit = 0; unit < column.length; unit++) {
    const row = column[unit] as ArrayLike<number>;
    if (row?.length !== size)
      throw failure(
        "7203",
        "units",
        `\`${name}\` of unit ${unit + 1} has ${row?.length ?? "no"} numbers`,
        `It takes ${size}.`,
      );
    data.set(row, unit * size);
  }
  return numbersOf(name, data, size);
}

/** An answer's column in the caller's form. */
export function answerOf(variable: BoundVariable, values: Float32Array): Numbers | string[] {
  const levels = levelTexts(variable.domain);
  if (levels === undefined) return wholeValues(variable, values);
  return Array.from(values, (code) => levels[code]!);
}
