/**
 * Which cells of a training table are missing, and what it would change to complete them. A missing value that
 * something observed depends on has a posterior; one without observed effects integrates to one in the likelihood of
 * its row, so that the row says nothing about its mechanism and is left out of that mechanism's fit. A mechanism is
 * affected where some row has a completed value of its variable or of a parent.
 */
import { graphOf } from "../../../model/plans/plan.js";
import type { Model } from "../../../schema/types.js";
import { type Pattern, patternsOf } from "../../inference/particles/patterns.js";
import type { Rows } from "../../tensors/core/rows.js";

/** Rows with the same variables missing. */
export interface IncompleteRows extends Pattern {
  readonly missing: readonly string[];
  /** The missing variables that an observed one depends on, directly or not. */
  readonly inferred: readonly string[];
}

export interface MissingCells {
  readonly rows: number;
  readonly incompleteRows: number;
  /** Missing cells by variable, of the variables that have any. */
  readonly cells: Readonly<Record<string, number>>;
  readonly patterns: readonly IncompleteRows[];
  /** Of each affected variable, the rows of its fit: those that have its value, observed or completed. */
  readonly affected: ReadonlyMap<string, Int32Array>;
}

/** `columns` has every variable of the model, `[rows, size]` each. */
export function missingCellsOf(model: Model, columns: ReadonlyMap<string, Rows>, rows: number): MissingCells {
  const patterns = patternsOf(model.order, columns, rows);
  const incomplete = patterns.map((pattern) => withMissing(model, pattern)).filter(({ missing }) => missing.length > 0);
  const cells: Record<string, number> = {};
  for (const { missing, units } of incomplete)
    for (const name of missing) cells[name] = (cells[name] ?? 0) + units.length;
  return {
    rows,
    incompleteRows: incomplete.reduce((sum, { units }) => sum + units.length, 0),
    cells: Object.fromEntries(model.order.filter((name) => name in cells).map((name) => [name, cells[name]!])),
    patterns: incomplete,
    affected: affectedBy(model, incomplete, rows),
  };
}

function withMissing(model: Model, pattern: Pattern): IncompleteRows {
  const observed = new Set(pattern.observed);
  const causes = graphOf(model).ancestors(observed);
  const missing = model.order.filter((name) => !observed.has(name));
  return { ...pattern, missing, inferred: missing.filter((name) => causes.has(name)) };
}

function affectedBy(model: Model, patterns: readonly IncompleteRows[], rows: number): Map<string, Int32Array> {
  const affected = new Map<string, Int32Array>();
  for (const { variable, parents } of model.mechanisms) {
    const unknown = patterns.filter(
      ({ missing, inferred }) => missing.includes(variable) && !inferred.includes(variable),
    );
    const gains = patterns.some(
      (pattern) => !unknown.includes(pattern) && [variable, ...parents].some((name) => pattern.inferred.includes(name)),
    );
    if (!gains) continue;
    const without = new Set(unknown.flatMap(({ units }) => [...units]));
    affected.set(
      variable,
      Int32Array.from({ length: rows }, (_, row) => row).filter((row) => !without.has(row)),
    );
  }
  return affected;
}
