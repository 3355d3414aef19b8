/**
 * The rows of a training table with their missing values drawn from the posterior given what each row has, under the
 * mechanisms as they are: the E step of Monte Carlo EM. Rows with the same variables missing are completed together, by
 * the function that completes the units of queries.
 */
import { failure } from "../../../diagnostics/diagnostic.js";
import type { InferencePlan } from "../../../schema/types.js";
import { completeUnits, planFor } from "../../inference/particles/complete-units.js";
import { sizeOf } from "../../mechanisms/bound/variables.js";
import type { LoadedModel } from "../../mechanisms/loaded-model.js";
import type { Engine } from "../../tensors/core/engine.js";
import { gatherRows, type Rows } from "../../tensors/core/rows.js";
import type { RandomKey } from "../../tensors/random/random-key.js";
import type { IncompleteRows } from "./missing-cells.js";

export interface CompletionRequest {
  readonly loaded: LoadedModel;
  readonly engine: Engine;
  readonly columns: ReadonlyMap<string, Rows>;
  readonly patterns: readonly IncompleteRows[];
  /** Completions of each row. */
  readonly completions: number;
  /** Proposals of importance sampling, of which the completions are drawn. */
  readonly proposals: number;
  readonly key: RandomKey;
  readonly rowName: (row: number) => string;
  /** Before each call but the first: how many rows are done. */
  readonly onRows?: (done: number, total: number) => void;
}

export interface CompletedRows {
  /** Of every variable with completed values, its column in each completion. */
  readonly columns: ReadonlyMap<string, readonly Rows[]>;
  /** The smallest effective number of proposals; null where nothing was sampled by importance. */
  readonly smallestEffectiveSize: number | null;
}

/** Numbers in the proposals of the rows that are completed in one call. */
const numbersInCall = 32_000_000;

export function completionPlan(loaded: LoadedModel, { observed, inferred }: IncompleteRows): InferencePlan {
  return planFor(loaded, observed, inferred);
}

/** Throws where a missing value of some rows has a posterior that cannot be drawn from. */
export function requireCompletable(loaded: LoadedModel, patterns: readonly IncompleteRows[]): void {
  for (const pattern of patterns) {
    const { method, reason } = completionPlan(loaded, pattern);
    if (pattern.inferred.length > 0 && method === "impossible")
      throw failure(
        "7071",
        loaded.model.name,
        `rows without ${pattern.missing.map((name) => `\`${name}\``).join(", ")} cannot be completed: ${reason}`,
        "Leave these rows out, or fit without them: fit model(missing = drop).",
      );
  }
}

export async function completeRows(request: CompletionRequest): Promise<CompletedRows> {
  const { columns, completions } = request;
  const patterns = request.patterns.filter(({ inferred }) => inferred.length > 0);
  const filled = new Map<string, Rows[]>();
  for (const name of new Set(patterns.flatMap(({ inferred }) => inferred))) {
    const { rows, size, data } = columns.get(name)!;
    filled.set(
      name,
      Array.from({ length: completions }, () => ({ rows, size, data: Float32Array.from(data) })),
    );
  }
  const total = patterns.reduce((sum, { units }) => sum + units.length, 0);
  let done = 0;
  let smallest: number | null = null;
  for (const pattern of patterns) {
    const block = blockOf(request, pattern);
    for (let first = 0; first < pattern.units.length; first += block) {
      if (done > 0) request.onRows?.(done, total);
      const rows = pattern.units.subarray(first, first + block);
      const least = await completeBlock(request, pattern, rows, first, filled);
      if (least !== null) smallest = Math.min(smallest ?? least, least);
      done += rows.length;
    }
  }
  return { columns: filled, smallestEffectiveSize: smallest };
}

/** Rows of one call, so that their proposals fit into memory. */
function blockOf({ loaded, completions, proposals }: CompletionRequest, pattern: IncompleteRows): number {
  const { variables, model } = loaded;
  const width = model.order.reduce((sum, name) => sum + sizeOf(variables.get(name)!.domain), 0);
  const isSampled = completionPlan(loaded, pattern).method === "importance";
  return Math.max(
    1,
    Math.floor(numbersInCall / (width * (isSampled ? Math.max(proposals, completions) : completions))),
  );
}

async function completeBlock(
  { loaded, engine, columns, completions, proposals, key, rowName }: CompletionRequest,
  { observed, inferred }: IncompleteRows,
  rows: Int32Array,
  first: number,
  filled: ReadonlyMap<string, readonly Rows[]>,
): Promise<number | null> {
  const { plan, values, effectiveSize } = await completeUnits({
    loaded,
    engine,
    observed: new Map(observed.map((name) => [name, Float32Array.from(gatherRows(columns.get(name)!, rows))])),
    units: rows.length,
    needed: inferred,
    particles: completions,
    proposals: Math.max(proposals, completions),
    key: key.split(observed.join(" ")).split(first),
    unitName: (unit) => rowName(rows[unit]!),
  });
  // Draws of a row come in the order of their values where they were enumerated: shuffled, each completion is a draw of
  // all rows.
  const orders = Array.from(rows, (row) => key.split("order").split(row).permutation(completions));
  for (const name of inferred) {
    const drawn = values.get(name)!;
    const size = drawn.length / (rows.length * completions);
    for (const [k, { data }] of filled.get(name)!.entries())
      rows.forEach((row, unit) => {
        const start = (unit * completions + orders[unit]![k]!) * size;
        data.set(drawn.subarray(start, start + size), row * size);
      });
  }
  return plan.method === "importance" && effectiveSize !== null
    ? effectiveSize.reduce((least, size) => Math.min(least, size), Number.POSITIVE_INFINITY)
    : null;
}
