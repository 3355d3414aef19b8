/**
 * The encodings of `variables.ts` in double precision, outside tensor programs: what closed-form fits read. A test
 * holds the two against each other.
 */

import { pointMassesOf } from "../../../algebra/point-masses.js";
import { assertNever } from "../../../diagnostics/assert-never.js";
import type { Domain } from "../../../schema/types.js";
import {
  type BoundVariable,
  encodedSizeOf,
  type Normalisation,
  originOfVariable,
  rangeOf,
  sizeOf,
  unconstrainedNumber,
  wholeNormalisation,
} from "./variables.js";

/**
 * One element of what a child sees of a parent: (text - centre) / unit, where `text` names a number or an indicator of
 * the parent.
 */
export interface EncodedColumn {
  readonly parent: string;
  readonly text: string;
  readonly centre: number;
  readonly unit: number;
  /** The class that the column marks; null for a number. */
  readonly level: number | null;
  /** `[rows]` */
  readonly values: Float64Array;
}

/** The columns of `encodeForChildren`, in their order. */
export function encodedColumns(variable: BoundVariable, values: ArrayLike<number>, rows: number): EncodedColumn[] {
  const { name, domain } = variable;
  const origin = originOfVariable(variable);
  const number = (text: string, centre: number, unit: number, of: (row: number) => number): EncodedColumn => ({
    parent: name,
    text,
    centre,
    unit,
    level: null,
    values: filled(rows, (row) => (of(row) - centre) / unit),
  });
  const { mean, sd, low, high } = wholeNormalisation(variable) ?? none;
  switch (domain.kind) {
    case "real":
    case "count":
      return [number(name, mean, sd, (row) => values[row]! + origin)];
    case "positive":
      return [number(`log(${name})`, mean, sd, (row) => unconstrainedNumber(domain, values[row]! + origin))];
    case "nonnegative": {
      const isZero = (row: number) => values[row] === 0;
      const log = number(`log(${name})`, mean, sd, (row) => (isZero(row) ? mean : Math.log(values[row]!)));
      return [number(`${name} = 0`, 0, 1, (row) => (isZero(row) ? 1 : 0)), log];
    }
    case "interval":
      return [
        ...pointMassesOf(domain).map((mass) =>
          number(`${name} = ${mass}`, 0, 1, (row) => (values[row]! + origin === mass ? 1 : 0)),
        ),
        number(name, low, rangeOf(low, high), (row) => values[row]! + origin),
      ];
    case "binary":
      return [number(name, 0.5, 0.5, (row) => values[row]!)];
    case "categorical":
    case "ordinal":
      return Array.from({ length: encodedSizeOf(domain) }, (_, level) => ({
        ...number(`${name} = ${levelText(domain, level)}`, 0, 1, (row) => (values[row] === level ? 1 : 0)),
        level,
      }));
    case "vector":
    case "image": {
      const size = sizeOf(domain);
      const [centre, unit] = domain.kind === "image" ? [0, 255] : [mean, sd];
      return Array.from({ length: size }, (_, k) =>
        number(`${name}[${k}]`, centre, unit, (row) => values[row * size + k]!),
      );
    }
    default:
      return assertNever(domain);
  }
}

/** Of millions of rows, several times as fast as `Float64Array.from`. */
function filled(rows: number, numberAt: (row: number) => number): Float64Array {
  const values = new Float64Array(rows);
  for (let row = 0; row < rows; row++) values[row] = numberAt(row);
  return values;
}

const none: Normalisation = { mean: 0, sd: 1, low: 0, high: 1 };

function levelText(domain: Domain, level: number): string {
  const levels = "levels" in domain ? domain.levels : null;
  return levels ? JSON.stringify(levels[level]) : String(level);
}

/** y of x = d(mean + sd y), where d is the domain's bijector. */
export function standardisedNumbers(variable: BoundVariable, values: ArrayLike<number>): Float64Array {
  const { mean, sd } = wholeNormalisation(variable) ?? none;
  const origin = originOfVariable(variable);
  return filled(values.length, (row) => (unconstrainedNumber(variable.domain, values[row]! + origin) - mean) / sd);
}

/** log|d unconstrained / d value|, at a value less the origin. */
export function logDerivativeNumber(variable: BoundVariable, placed: number): number {
  const { domain } = variable;
  const value = placed + originOfVariable(variable);
  if (domain.kind === "positive") return -unconstrainedNumber(domain, value);
  if (domain.kind !== "interval") return 0;
  const real = unconstrainedNumber(domain, value);
  return Math.abs(real) + 2 * Math.log1p(Math.exp(-Math.abs(real))) - Math.log(domain.high - domain.low);
}
