/**
 * What the training rows hold of scalar variables, counted once when a model is fitted and kept in the artefact: rows
 * of each class, ranges of numbers, and for each learned mechanism the combinations of classes of its parents, with
 * boxes of their numbers. All in double precision, from the columns as they were read. Images and vectors among parents
 * are left out.
 */
import type { Column, LoadedDataset } from "../../data/columns/dataset.js";
import { isLearned } from "../../model/catalogue/mechanism-kinds.js";
import type { Domain, MechanismSupport, Model, SupportDescription, VariableSupport } from "../../schema/types.js";
import { type BoundVariable, classesOf, sizeOf } from "../mechanisms/bound/variables.js";
import { type Box, boxesOf, pointsNear } from "./boxes.js";
import {
  boxesOfMechanism,
  calibrationRows,
  fewestForBoxes,
  fewRows,
  largestCombinations,
  largestReach,
  largestSparseShare,
  reachStep,
  rowsInBoxes,
  smallestReach,
} from "./thresholds.js";

type Coordinate = MechanismSupport["coordinates"][number];

export function summariseSupport(
  model: Model,
  variables: ReadonlyMap<string, BoundVariable>,
  { columns, rows }: Pick<LoadedDataset, "columns" | "rows">,
): SupportDescription {
  const scalars = new Map<string, Float64Array>();
  for (const [name, { domain }] of variables) {
    const column = columns.get(name);
    if (column && sizeOf(domain) === 1) scalars.set(name, numbersOf(column, rows));
  }
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  const own = [...scalars].map(([name, values]) =>
    variableSupport(
      variables.get(name)!,
      values,
      all.filter((row) => !Number.isNaN(values[row]!)),
    ),
  );
  const mechanisms = model.mechanisms.filter(isLearned).flatMap(({ variable, parents }) => {
    const known = parents.filter((parent) => scalars.has(parent));
    if (known.length === 0) return [];
    const read = [...known, ...(scalars.has(variable) ? [variable] : [])].map((name) => scalars.get(name)!);
    const present = all.filter((row) => !read.some((values) => Number.isNaN(values[row]!)));
    return [mechanismSupport(variable, known, variables, scalars, present)];
  });
  return { variables: own, mechanisms };
}

/** Codes of classes, numbers as they were read; NaN where the cell is empty. */
function numbersOf(column: Column, rows: number): Float64Array {
  switch (column.kind) {
    case "numeric":
      return Float64Array.from(column.values);
    case "category":
      return Float64Array.from(column.codes, (code) => (code < 0 ? Number.NaN : code));
    case "vector":
    case "image":
      return new Float64Array(rows).fill(Number.NaN);
  }
}

function variableSupport({ name, domain }: BoundVariable, values: Float64Array, rows: Int32Array): VariableSupport {
  const classes = classesOf(domain);
  if (classes > 0) {
    const levels = new Array<number>(classes).fill(0);
    for (const row of rows) levels[values[row]!]!++;
    return { name, levels, low: null, high: null };
  }
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const row of rows) {
    low = Math.min(low, values[row]!);
    high = Math.max(high, values[row]!);
  }
  return { name, levels: null, low: rows.length > 0 ? low : null, high: rows.length > 0 ? high : null };
}

function mechanismSupport(
  variable: string,
  names: readonly string[],
  variables: ReadonlyMap<string, BoundVariable>,
  scalars: ReadonlyMap<string, Float64Array>,
  rows: Int32Array,
): MechanismSupport {
  const parents = names.map((name) => variableSupport(variables.get(name)!, scalars.get(name)!, rows));
  const coordinates = parents.flatMap(({ name, levels }) =>
    levels === null ? (coordinateOf(name, variables.get(name)!.domain, scalars.get(name)!, rows) ?? []) : [],
  );
  const classes = parents.filter(({ levels }) => levels !== null).map(({ name }) => scalars.get(name)!);
  const groups = combinationsOf(classes, rows);
  const bare = { variable, rows: rows.length, parents, coordinates };
  if (groups.size > largestCombinations) return { ...bare, reach: null, sparseRows: 0, combinations: null };
  const axes = coordinates.map((coordinate) => placesOf(coordinate, scalars.get(coordinate.name)!));
  const hasBoxes = axes.length > 0 && rows.length >= fewestForBoxes;
  const stride = Math.max(1, Math.ceil(rows.length / rowsInBoxes));
  const boxed = [...groups.values()].map(({ codes, rows: own }) => {
    const most = Math.max(4, Math.round((boxesOfMechanism * own.length) / rows.length));
    const chosen = own.filter((_, index) => index % stride === 0);
    return { codes, rows: own.length, boxes: hasBoxes ? scaled(boxesOf(axes, chosen, most), stride) : [] };
  });
  const found = hasBoxes ? calibrate(axes, [...groups.values()], boxed, stride) : undefined;
  return {
    ...bare,
    reach: found?.reach ?? null,
    sparseRows: found?.share ?? 0,
    combinations: boxed.map(({ codes, rows: own, boxes }, index) => ({
      codes,
      rows: own,
      sparseRows: found?.shares[index] ?? 0,
      boxes: found ? boxes : [],
    })),
  };
}

function scaled(boxes: readonly Box[], factor: number): number[][] {
  return boxes.map(([rows, ...sides]) => [rows! * factor, ...sides]);
}

/**
 * Undefined for a parent that does not vary. The spread is a robust one, so that a few far values do not hide gaps
 * among the others.
 */
function coordinateOf(name: string, domain: Domain, values: Float64Array, rows: Int32Array): Coordinate | undefined {
  const log = domain.kind === "positive";
  const sorted = Float64Array.from(rows, (row) => (log ? Math.log(values[row]!) : values[row]!)).sort();
  const centre = sorted[sorted.length >> 1];
  if (centre === undefined || sorted[0] === sorted.at(-1)) return undefined;
  let squares = 0;
  for (const value of sorted) squares += (value - centre) ** 2;
  const sd = Math.sqrt(squares / sorted.length);
  const quartiles =
    (sorted[Math.floor(0.75 * (sorted.length - 1))]! - sorted[Math.ceil(0.25 * (sorted.length - 1))]!) / 1.349;
  const scale = quartiles > 0 ? Math.min(sd, quartiles) : sd;
  return scale > 0 && Number.isFinite(scale) ? { name, log, centre, scale } : undefined;
}

export function placeOf({ log, centre, scale }: Coordinate, value: number): number {
  return ((log ? Math.log(value) : value) - centre) / scale;
}

function placesOf(coordinate: Coordinate, values: Float64Array): Float64Array {
  return values.map((value) => placeOf(coordinate, value));
}

interface Group {
  readonly codes: number[];
  readonly rows: Int32Array;
}

/** The rows of each combination of codes that occurs, in the order of the codes. */
function combinationsOf(classes: readonly Float64Array[], rows: Int32Array): Map<string, Group> {
  const found = new Map<string, { codes: number[]; rows: number[] }>();
  for (const row of rows) {
    const codes = classes.map((values) => values[row]!);
    const key = codes.join();
    const group = found.get(key) ?? { codes, rows: [] };
    found.set(key, group);
    group.rows.push(row);
  }
  const ordered = [...found].sort(([, a], [, b]) => compareCodes(a.codes, b.codes));
  return new Map(ordered.map(([key, group]) => [key, { codes: group.codes, rows: Int32Array.from(group.rows) }]));
}

function compareCodes(a: readonly number[], b: readonly number[]): number {
  const first = a.findIndex((code, k) => code !== b[k]);
  return first < 0 ? 0 : a[first]! - b[first]!;
}

interface Calibration {
  readonly reach: number;
  /** The share of rows without neighbours, of all and by combination. */
  readonly share: number;
  readonly shares: readonly number[];
}

/** The smallest reach at which nearly all training rows have others near; undefined where that is too far. */
function calibrate(
  axes: readonly Float64Array[],
  groups: readonly Group[],
  combinations: readonly { readonly rows: number; readonly boxes: readonly Box[] }[],
  stride: number,
): Calibration | undefined {
  const total = groups.reduce((sum, { rows }) => sum + rows.length, 0);
  const every = Math.max(1, Math.ceil(total / calibrationRows));
  for (let reach = smallestReach; reach <= largestReach; reach *= reachStep) {
    const counts = groups.map(({ rows }, index) =>
      sparseRows(axes, rows, combinations[index]!.boxes, reach, every, stride),
    );
    const counted = counts.filter((_, index) => combinations[index]!.rows >= fewRows);
    const count = counted.reduce((sum, one) => sum + one.count, 0);
    const share = counted.reduce((sum, { sparse }) => sum + sparse, 0) / Math.max(1, count);
    if (share <= largestSparseShare)
      return {
        reach,
        share: rounded(share),
        shares: counts.map((one) => rounded(one.sparse / Math.max(1, one.count))),
      };
  }
  return undefined;
}

/** Of every so many rows, those with few others near. */
function sparseRows(
  axes: readonly Float64Array[],
  rows: Int32Array,
  boxes: readonly Box[],
  reach: number,
  every: number,
  stride: number,
): { sparse: number; count: number } {
  const place = new Float64Array(axes.length);
  let [sparse, count] = [0, 0];
  for (let index = 0; index < rows.length; index += every) {
    axes.forEach((values, axis) => {
      place[axis] = values[rows[index]!]!;
    });
    // The row itself is among those near.
    if (pointsNear(boxes, place, reach, fewRows + stride) < fewRows + stride) sparse++;
    count++;
  }
  return { sparse, count };
}

const rounded = (share: number) => Math.round(share * 1e4) / 1e4;
