/** `sample(i | t = 2, do(s := 1))`: draws of a world, given the evidence in it. */

import { targetNames } from "../../../algebra/expression.js";
import { failure } from "../../../diagnostics/diagnostic.js";
import type { QueryTerm } from "../../../schema/types.js";
import type { LoadedModel } from "../../mechanisms/loaded-model.js";
import type { SupportFinding } from "../../support/finding.js";
import type { Engine } from "../../tensors/core/engine.js";
import type { RandomKey } from "../../tensors/random/index.js";
import { systematic } from "../particles/resample.js";
import type { OperatorRecords } from "../programs/operators.js";
import { sample } from "../programs/sample.js";
import { supportOfTerms } from "./asked-support.js";
import { drawWorld } from "./evidence-world.js";
import { requireTermAnswerable } from "./require-answerable.js";

export interface SampleQueryRequest {
  readonly loaded: LoadedModel;
  readonly engine: Engine;
  readonly term: QueryTerm;
  readonly rows: number;
  readonly key: RandomKey;
  readonly records?: OperatorRecords;
}

export interface SampleQueryAnswer {
  /** `[rows, size]` of each target. */
  readonly values: ReadonlyMap<string, Float32Array>;
  /** Where draws were weighed and resampled: how many independent ones they are worth. */
  readonly effectiveSize: number | null;
  /** Where the draws lean on causes that training hardly held. */
  readonly support: readonly SupportFinding[];
}

export async function sampleQuery(request: SampleQueryRequest): Promise<SampleQueryAnswer> {
  const { loaded, engine, term, rows, key, records } = request;
  const { interventions, evidence } = term;
  requireTermAnswerable(loaded.model, term);
  const targets = targetNames(term.of);
  const support = await supportOfTerms({ loaded, engine, terms: [term], key });
  if (evidence.length === 0) {
    const drawn = await sample({ loaded, engine, rows, key, interventions, targets, ...(records ? { records } : {}) });
    return { values: drawn.values, effectiveSize: null, support };
  }
  const made = targets.find((name) => !loaded.mechanisms.has(name));
  if (made !== undefined)
    throw failure(
      "7063",
      loaded.model.name,
      `\`${made}\` is made by image operators from source items, which are not drawn beside evidence`,
      `Leave the evidence out, set it by a do, or sample the causes of \`${made}\` instead.`,
    );
  const drawn = await drawWorld({ loaded, engine, interventions, evidence, key }, targets, 1, rows);
  if (drawn.weights === null) return { values: drawn.values, effectiveSize: null, support };
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
  return { values, effectiveSize: drawn.effectiveSize, support };
}
