/** Units drawn from a world: block by block where nothing is known of it, else given the evidence, all at once. */

import { targetNames } from "../../../algebra/expression.js";
import type { Numbers } from "../../../data/columns/column-cells.js";
import type { Column } from "../../../data/columns/dataset.js";
import { failure } from "../../../diagnostics/diagnostic.js";
import type { QueryTerm } from "../../../schema/types.js";
import type { LoadedModel } from "../../mechanisms/loaded-model.js";
import type { Engine } from "../../tensors/core/engine.js";
import type { RandomKey } from "../../tensors/random/index.js";
import { systematic } from "../particles/resample.js";
import { oneAhead } from "../programs/ahead.js";
import { batchOf } from "../programs/block-size.js";
import { freshItems } from "../programs/items.js";
import { compileSample, sampleInBlocks } from "../programs/sample.js";
import { drawWorld } from "./evidence-world.js";

export interface DrawRequest {
  readonly loaded: LoadedModel;
  readonly engine: Engine;
  readonly term: QueryTerm;
  readonly rows: number;
  readonly key: RandomKey;
}

export interface StreamedDraws extends DrawRequest {
  /** Whether the exogenous noises are wanted as well. */
  readonly noises: boolean;
  /** Units that are handed on at a time; the draws do not depend on it. */
  readonly batch?: number;
  /** The digits that image operators start from; those that the program names, where it is left out. */
  readonly split?: string;
  readonly onRows?: (done: number) => void;
}

export interface DrawnUnits {
  readonly firstRow: number;
  readonly rows: number;
  /** `[rows, size]` of each target, less its origin. */
  readonly values: ReadonlyMap<string, Float32Array>;
  /**
   * Where they were asked for, by `variable.noise`: scalar noises in their own units, and the numbers of recorded
   * items.
   */
  readonly noises: ReadonlyMap<string, Column>;
}

/** Units of a world without evidence, from the first to the last. */
export async function* drawnBlocks(request: StreamedDraws): AsyncGenerator<DrawnUnits> {
  const { loaded, engine, term, rows, key, noises, split, onRows } = request;
  const { interventions } = term;
  const items = await freshItems(loaded, split);
  const targets = targetNames(term.of);
  const program = await compileSample({ loaded, engine, rows, key, interventions, targets, noises });
  const batch = batchOf(loaded, program.block, request.batch);
  try {
    yield* oneAhead(startsOf(rows, batch), async (firstRow) => {
      const count = Math.min(batch, rows - firstRow);
      const { records, noise } = items(firstRow, count);
      const drawn = await sampleInBlocks(program, { firstRow, rows: count, records, ...(onRows ? { onRows } : {}) });
      const recorded = noises ? [...noise, ...noiseColumns(drawn.noises)] : [];
      return { firstRow, rows: count, values: drawn.values, noises: new Map(recorded) };
    });
  } finally {
    await program.dispose();
  }
}

function noiseColumns(noises: ReadonlyMap<string, Numbers>): [string, Column][] {
  return [...noises].map(([name, values]) => [name, { kind: "numeric", values }]);
}

function* startsOf(rows: number, batch: number): Generator<number> {
  for (let firstRow = 0; firstRow < rows; firstRow += batch) yield firstRow;
}

export interface PosteriorDraws {
  /** `[rows, size]` of each target, less its origin. */
  readonly values: ReadonlyMap<string, Float32Array>;
  /** Where draws were weighed and resampled: how many independent ones they are worth. */
  readonly effectiveSize: number | null;
}

/** Units of a world in which something is known. */
export async function drawnGivenEvidence({ loaded, engine, term, rows, key }: DrawRequest): Promise<PosteriorDraws> {
  const { interventions, evidence } = term;
  const targets = targetNames(term.of);
  const made = targets.find((name) => !loaded.mechanisms.has(name));
  if (made !== undefined)
    throw failure(
      "7063",
      loaded.model.name,
      `\`${made}\` is made by image operators from source items, which are not drawn beside evidence`,
      `Leave the evidence out, set it by a do, or sample the causes of \`${made}\` instead.`,
    );
  const drawn = await drawWorld({ loaded, engine, interventions, evidence, key }, targets, 1, rows);
  if (drawn.weights === null) return { values: drawn.values, effectiveSize: null };
  const total = drawn.weights.reduce((sum, weight) => sum + weight, 0);
  const shares = drawn.weights.map((weight) => weight / total);
  const chosen = systematic(shares, rows, key.split("choice").uniform64(1)[0]!);
  const order = key.split("order").permutation(rows);
  const values = new Map<string, Float32Array>();
  for (const name of targets) {
    const data = drawn.values.get(name)!;
    const size = data.length / drawn.rows;
    const own = new Float32Array(rows * size);
    for (let row = 0; row < rows; row++) {
      const from = chosen[order[row]!]! * size;
      own.set(data.subarray(from, from + size), row * size);
    }
    values.set(name, own);
  }
  return { values, effectiveSize: drawn.effectiveSize };
}
