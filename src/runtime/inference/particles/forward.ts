/**
 * Variables without observed effects, from their mechanisms and interventions, for rows whose other values are known.
 */
import { centredNoise } from "../../../algebra/origin.js";
import { intervenedGraph } from "../../../model/plans/plan.js";
import type { Intervention } from "../../../schema/types.js";
import { sizeOf } from "../../mechanisms/bound/variables.js";
import { sampleDraws } from "../../mechanisms/contract/draw-inputs.js";
import type { LoadedModel } from "../../mechanisms/loaded-model.js";
import type { Engine } from "../../tensors/core/engine.js";
import { blockOfRows } from "../../tensors/core/rows.js";
import type { RandomKey } from "../../tensors/random/index.js";
import { compileStep, interventionNoise } from "./particle-step.js";

export interface ForwardRequest {
  readonly loaded: LoadedModel;
  readonly engine: Engine;
  readonly interventions: readonly Intervention[];
  /** What to compute; its causes are among `values` or itself. */
  readonly compute: readonly string[];
  /**
   * `[rows, size]` by variable, and the noises of interventions that are drawn already; the computed ones are added.
   */
  readonly values: Map<string, Float32Array>;
  readonly rows: number;
  readonly key: RandomKey;
}

const rowsInBlock = 4096;

export async function drawForward(request: ForwardRequest): Promise<void> {
  const { loaded, engine, interventions, values, rows, key } = request;
  const compute = request.compute.filter((name) => loaded.mechanisms.has(name) && !values.has(name));
  if (compute.length === 0) return;
  for (const { variable, noises } of interventions)
    for (const { name, distribution, parameters } of noises.map(centredNoise)) {
      const called = interventionNoise(variable, name);
      if (distribution === "mnist" || values.has(called)) continue;
      values.set(called, sampleDraws({ size: 1, distribution, parameters }, rows, key.split(called)));
    }
  const graph = intervenedGraph(loaded.model, interventions);
  const read = new Set(compute.flatMap((name) => graph.parents(name)));
  const state = [...loaded.mechanisms.keys()].filter((name) => values.has(name) && read.has(name));
  const block = Math.min(rows, rowsInBlock);
  const step = await compileStep({
    loaded,
    engine,
    interventions,
    state,
    compute,
    weigh: [],
    units: block,
    particles: 1,
    key,
  });
  const given = interventions.flatMap(({ variable, noises }) =>
    noises.map(({ name }) => interventionNoise(variable, name)),
  );
  try {
    for (const name of compute) values.set(name, new Float32Array(rows * sizeOf(loaded.variables.get(name)!.domain)));
    for (let first = 0; first < rows; first += block) {
      const inputs = new Map(
        [...state, ...given].map((name) => {
          const data = values.get(name)!;
          return [name, blockOfRows({ rows, size: data.length / rows, data }, first, block)] as const;
        }),
      );
      const result = await step.run(inputs, first);
      const valid = Math.min(block, rows - first);
      for (const [name, data] of result.values) {
        const size = data.length / block;
        values.get(name)!.set(data.subarray(0, valid * size), first * size);
      }
    }
  } finally {
    await step.dispose();
  }
}
