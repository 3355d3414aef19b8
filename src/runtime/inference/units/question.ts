/** What counterfactuals of units are asked with, and the units that they are asked of. */
import type { Intervention } from "../../../schema/types.js";
import type { LoadedModel } from "../../mechanisms/loaded-model.js";
import type { Engine } from "../../tensors/core/engine.js";
import type { Rows } from "../../tensors/core/rows.js";
import type { RandomKey } from "../../tensors/random/random-key.js";
import type { Wanted } from "../particles/aggregate.js";
import { type OperatorRecords, recordsOf } from "../programs/operators.js";

/** Some observed units. */
export interface UnitBlock {
  /** The place of the first unit among all: the units' random numbers depend on it. */
  readonly firstUnit: number;
  readonly rows: number;
  /** By variable, `[rows, size]`, less its origin; a missing number is NaN. */
  readonly observed: ReadonlyMap<string, Rows>;
  /** Recorded items of operator variables (abduction by record). */
  readonly records?: OperatorRecords;
  /** How much each unit counts in an average over units, `[rows]`; all alike where it is left out. */
  readonly weights?: Float64Array;
  /** How messages call the unit of a row; by its number, from 1, where it is left out. */
  readonly unitName?: (row: number) => string;
}

/** Counterfactuals of units in one world. */
export interface UnitsQuestion {
  readonly loaded: LoadedModel;
  readonly engine: Engine;
  readonly interventions: readonly Intervention[];
  readonly targets: readonly string[];
  readonly particles: number;
  /** Proposals of importance sampling for each unit, of which `particles` are kept. */
  readonly proposals: number;
  /** What is told of a unit's particles beside their mean. */
  readonly wanted: Wanted;
  readonly key: RandomKey;
  /** The number of all units, where it is known. */
  readonly allUnits: number | null;
  /** Importance sampling also where an exact method would serve. */
  readonly method?: "importance";
}

/** Below it, a posterior stands on so few particles that its figures say little. */
export const smallEffectiveSize = 30;
export const defaultProposals = 1024;
export const defaultParticles = 32;

export function nameOf({ firstUnit, unitName }: Pick<UnitBlock, "firstUnit" | "unitName">, row: number): string {
  return unitName?.(row) ?? `unit ${firstUnit + row + 1}`;
}

/** Some rows of a block, one after the other. */
export function sliceOf(block: UnitBlock, start: number, rows: number): UnitBlock {
  if (start === 0 && rows === block.rows) return block;
  const observed = new Map(
    [...block.observed].map(([name, { size, data }]) => [
      name,
      { rows, size, data: data.subarray(start * size, (start + rows) * size) },
    ]),
  );
  return {
    firstUnit: block.firstUnit + start,
    rows,
    observed,
    ...(block.records ? { records: recordsOf(block.records, start, rows)! } : {}),
    unitName: (row) => nameOf(block, start + row),
  };
}
