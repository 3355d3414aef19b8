/**
 * Rows with equal values of discrete parents as one row with their counts: what a table needs of them, however many
 * they are.
 */
import { type BoundVariable, classesOf } from "../bound/variables.js";
import type { FitColumns, Numbers } from "../contract/closed-form.js";

export interface GroupedRows {
  readonly rows: number;
  /** Of each parent, a value a group. */
  readonly parents: Readonly<Record<string, Numbers>>;
  readonly weights: Float64Array;
  /** Weighted rows of each class of the variable: `[rows, classes]`. */
  readonly counts: Float64Array;
}

/**
 * A group for each combination of the parents' values that occurs where all are classes; otherwise each row is its own.
 */
export function groupedRows(parents: readonly BoundVariable[], columns: FitColumns, classes: number): GroupedRows {
  const { value, weights } = columns;
  const isDiscrete = parents.every(({ domain }) => classesOf(domain) > 0);
  if (!isDiscrete) {
    const counts = new Float64Array(value.length * classes);
    for (let row = 0; row < value.length; row++) counts[row * classes + value[row]!] = weights?.[row] ?? 1;
    const each = weights ?? new Float64Array(value.length).fill(1);
    return { rows: value.length, parents: columns.parents, weights: each, counts };
  }
  const codes = parents.map(({ name, domain }) => ({ classes: classesOf(domain), values: columns.parents[name]! }));
  const groupOf = new Map<number, number>();
  const firstRows: number[] = [];
  const groups = Int32Array.from({ length: value.length }, (_, row) => {
    const key = codes.reduce((sum, { classes: own, values }) => sum * own + values[row]!, 0);
    let group = groupOf.get(key);
    if (group === undefined) {
      group = firstRows.length;
      groupOf.set(key, group);
      firstRows.push(row);
    }
    return group;
  });
  const counts = new Float64Array(firstRows.length * classes);
  const totals = new Float64Array(firstRows.length);
  for (let row = 0; row < value.length; row++) {
    const weight = weights?.[row] ?? 1;
    counts[groups[row]! * classes + value[row]!]! += weight;
    totals[groups[row]!]! += weight;
  }
  const chosen = codes.map(({ values }) => Float64Array.from(firstRows, (row) => values[row]!));
  return {
    rows: firstRows.length,
    parents: Object.fromEntries(parents.map(({ name }, k) => [name, chosen[k]!])),
    weights: totals,
    counts,
  };
}
