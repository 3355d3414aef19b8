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

/** Codes of classes, numbers as they were read; NaN where the cell is empty. */
type Values = Float64Array | Float32Array | Int32Array;

/** The scalar columns of the training rows, and what of them several mechanisms ask for. */
class Scalars {
  readonly values = new Map<string, Values>();
  readonly all: Int32Array;
  private readonly partial = new Set<string>();
  private readonly coordinates = new Map<string, Coordinate | undefined>();

  constructor(
    private readonly variables: ReadonlyMap<string, BoundVariable>,
    { columns, rows }: Pick<LoadedDataset, "columns" | "rows">,
  ) {
    this.all = new Int32Array(rows);
    for (let row = 0; row < rows; row++) this.all[row] = row;
    for (const [name, { domain }] of variables) {
      const column = columns.get(name);
      if (!column || sizeOf(domain) !== 1) continue;
      const values = numbersOf(column, rows);
      this.values.set(name, values);
      if (values.some(Number.isNaN)) this.partial.add(name);
    }
  }

  /** The rows with values of all these variables. */
  present(names: readonly string[]): Int32Array {
    const partial = names.filter((name) => this.partial.has(name)).map((name) => this.values.get(name)!);
    if (partial.length === 0) return this.all;
    return this.all.filter((row) => !partial.some((values) => Number.isNaN(values[row]!)));
  }

  /** Sorting all rows takes a while: it is done once a variable. */
  coordinate(name: string, rows: Int32Array): Coordinate | undefined {
    const found = () => coordinateOf(name, this.variables.get(name)!.domain, this.values.get(name)!, rows);
    if (rows !== this.all) return found();
    if (!this.coordinates.has(name)) this.coordinates.set(name, found());
    return this.coordinates.get(name);
  }

  support(name: string, rows: Int32Array): VariableSupport {
    return variableSupport(this.variables.get(name)!, this.values.get(name)!, rows);
  }
}

export function summariseSupport(
  model: Model,
  variables: ReadonlyMap<string, BoundVariable>,
  dataset: Pick<LoadedDataset, "columns" | "rows">,
): SupportDescription {
  const scalars = new Scalars(variables, dataset);
  const mechanisms = model.mechanisms.filter(isLearned).flatMap(({ variable, parents }) => {
    const known = parents.filter((parent) => scalars.values.has(parent));
    if (known.length === 0) return [];
    const present = scalars.present([...known, ...(scalars.values.has(variable) ? [variable] : [])]);
    return [mechanismSupport(variable, known, scalars, present)];
  });
  return {
    variables: [...scalars.values.keys()].map((name) => scalars.support(name, scalars.present([name]))),
    mechanisms,
  };
}

function numbersOf(column: Column, rows: number): Values {
  switch (column.kind) {
    case "numeric":
      return column.values;
    case "category":
      if (!column.codes.includes(-1)) return column.codes;
      return Float64Array.from(column.codes, (code) => (code < 0 ? Number.NaN : code));
    case "vector":
    case "image":
      return new Float64Array(rows).fill(Number.NaN);
  }
}

function variableSupport({ name, domain }: BoundVariable, values: Values, rows: Int32Array): VariableSupport {
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
  scalars: Scalars,
  rows: Int32Array,
): MechanismSupport {
  const parents = names.map((name) => scalars.support(name, rows));
  const valuesOf = ({ name }: { readonly name: string }) => scalars.values.get(name)!;
  const coordinates = parents.flatMap(({ name, levels }) =>
    levels === null ? (scalars.coordinate(name, rows) ?? []) : [],
  );
  const classes = parents.filter(({ levels }) => levels !== null).map(valuesOf);
  const groups = combinationsOf(classes, rows);
  const bare = { variable, rows: rows.length, parents, coordinates };
  if (groups.length > largestCombinations) return { ...bare, reach: null, sparseRows: 0, combinations: null };
  const axes = coordinates.map((coordinate) => ({ coordinate, values: valuesOf(coordinate) }));
  const hasBoxes = axes.length > 0 && rows.length >= fewestForBoxes;
  const stride = Math.max(1, Math.ceil(rows.length / rowsInBoxes));
  const boxed = groups.map(({ codes, rows: own }) => {
    const most = Math.max(4, Math.round((boxesOfMechanism * own.length) / rows.length));
    return { codes, rows: own.length, boxes: hasBoxes ? scaled(boxesOfRows(axes, own, stride, most), stride) : [] };
  });
  const found = hasBoxes ? calibrate(axes, groups, boxed, stride) : undefined;
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

/** A coordinate and the column that it is of. */
interface Axis {
  readonly coordinate: Coordinate;
  readonly values: Values;
}

/** Boxes of every so many of the rows. */
function boxesOfRows(axes: readonly Axis[], rows: Int32Array, stride: number, most: number): Box[] {
  const points = Int32Array.from({ length: Math.ceil(rows.length / stride) }, (_, point) => point);
  const places = axes.map(({ coordinate, values }) =>
    Float64Array.from(points, (point) => placeOf(coordinate, values[rows[point * stride]!]!)),
  );
  return boxesOf(places, points, most);
}

function scaled(boxes: readonly Box[], factor: number): number[][] {
  return boxes.map(([rows, ...sides]) => [rows! * factor, ...sides]);
}

/**
 * Undefined for a parent that does not vary. The spread is a robust one, so that a few far values do not hide gaps
 * among the others.
 */
function coordinateOf(name: string, domain: Domain, values: Values, rows: Int32Array): Coordinate | undefined {
  const log = domain.kind === "positive";
  const sorted = new Float64Array(rows.length);
  for (let k = 0; k < rows.length; k++) sorted[k] = log ? Math.log(values[rows[k]!]!) : values[rows[k]!]!;
  sorted.sort();
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

interface Group {
  readonly codes: number[];
  readonly rows: Int32Array;
}

/** The rows of each combination of codes that occurs, in the order of the codes: column by column, groups are split. */
function combinationsOf(classes: readonly Values[], rows: Int32Array): Group[] {
  const groupOf = new Int32Array(rows.length);
  let codesOf: number[][] = rows.length === 0 ? [] : [[]];
  for (const values of classes) {
    const width = 1 + rows.reduce((most, row) => Math.max(most, values[row]!), 0);
    const split = new Map<number, number>();
    const codes: number[][] = [];
    for (let k = 0; k < rows.length; k++) {
      const code = values[rows[k]!]!;
      const key = groupOf[k]! * width + code;
      const group = split.get(key) ?? codes.push([...codesOf[groupOf[k]!]!, code]) - 1;
      split.set(key, group);
      groupOf[k] = group;
    }
    codesOf = codes;
  }
  if (codesOf.length === 1) return [{ codes: codesOf[0]!, rows }];
  const sizes = new Int32Array(codesOf.length);
  for (const group of groupOf) sizes[group]!++;
  const groups = codesOf.map((codes, group) => ({ codes, rows: new Int32Array(sizes[group]!), filled: 0 }));
  for (let k = 0; k < rows.length; k++) {
    const group = groups[groupOf[k]!]!;
    group.rows[group.filled++] = rows[k]!;
  }
  return groups.sort((a, b) => compareCodes(a.codes, b.codes));
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
  axes: readonly Axis[],
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
  axes: readonly Axis[],
  rows: Int32Array,
  boxes: readonly Box[],
  reach: number,
  every: number,
  stride: number,
): { sparse: number; count: number } {
  const place = new Float64Array(axes.length);
  let [sparse, count] = [0, 0];
  for (let index = 0; index < rows.length; index += every) {
    axes.forEach(({ coordinate, values }, axis) => {
      place[axis] = placeOf(coordinate, values[rows[index]!]!);
    });
    // The row itself is among those near.
    if (pointsNear(boxes, place, reach, fewRows + stride) < fewRows + stride) sparse++;
    count++;
  }
  return { sparse, count };
}

const rounded = (share: number) => Math.round(share * 1e4) / 1e4;
