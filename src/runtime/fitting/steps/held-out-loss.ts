/** The loss on held-out rows, with natural weights and the same auxiliary draws at every evaluation. */

import { sampleDraws } from "../../mechanisms/contract/draw-inputs.js";
import { type Fittable, fittedSpecs } from "../../mechanisms/contract/mechanism.js";
import type { Engine, HostData, HostTensors, ProgramSpec, TensorSpec } from "../../tensors/core/engine.js";
import { named } from "../../tensors/core/names.js";
import { blockIndices, gatherRows, specOf } from "../../tensors/core/rows.js";
import * as tf from "../../tensors/core/tfjs.js";
import type { RandomKey } from "../../tensors/random/random-key.js";
import { drawWeights } from "./balance.js";
import type { FitData } from "./fit-data.js";
import { chosenWeights } from "./present-rows.js";

export const largestBlock = 1000;

export interface HeldOutLoss {
  /**
   * One loss per held-out row, in nats; in units of the variable where the mechanism has no density. With sampling
   * weights each is multiplied by its row's weight over their mean, so that plain means over the rows are weighted
   * ones.
   */
  losses(parameters: HostTensors): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** The losses of a block of rows, the parameters among the inputs. */
export function heldOutProgram(mechanism: Fittable, data: FitData, block: number): ProgramSpec {
  const inputs: Record<string, TensorSpec> = { value: specOf(data.value, block) };
  for (const [name, parent] of Object.entries(data.parents)) inputs[`parent.${name}`] = specOf(parent, block);
  for (const [name, { size }] of Object.entries(mechanism.draws))
    inputs[`draw.${name}`] = { shape: [block, size], dtype: "float32" };
  for (const [name, { shape }] of Object.entries(fittedSpecs(mechanism)))
    inputs[`parameter.${name}`] = { shape, dtype: "float32" };
  return {
    name: `held-out loss ${mechanism.variable}`,
    inputs,
    procedure(given) {
      const { heldOutLoss, logProbability } = mechanism;
      const parameters = named(given, "parameter.");
      const [parents, draws] = [named(given, "parent."), named(given, "draw.")];
      const loss = heldOutLoss
        ? heldOutLoss(parameters, given.value!, parents, draws)
        : tf.neg(logProbability(parameters, given.value!, parents, draws));
      return { loss };
    },
  };
}

export async function createHeldOutLoss(
  mechanism: Fittable,
  data: FitData,
  indices: Int32Array,
  engine: Engine,
  key: RandomKey,
): Promise<HeldOutLoss> {
  const block = Math.min(largestBlock, indices.length);
  const weights = drawWeights(chosenWeights(data, indices).weights, null);
  const program = await engine.compile(heldOutProgram(mechanism, data, block));
  return {
    async losses(parameters) {
      const losses = new Float32Array(indices.length);
      for (let start = 0; start < indices.length; start += block) {
        const rows = blockIndices(start, block, indices.length).map((position) => indices[position]!);
        const given: Record<string, HostData> = { value: gatherRows(data.value, rows) };
        for (const [name, parent] of Object.entries(data.parents)) given[`parent.${name}`] = gatherRows(parent, rows);
        for (const [name, draw] of Object.entries(mechanism.draws))
          given[`draw.${name}`] = sampleDraws(draw, block, key.split(name).split(start));
        for (const [name, { data: values }] of Object.entries(parameters)) given[`parameter.${name}`] = values;
        const { loss } = await program.run(given);
        const valid = Math.min(block, indices.length - start);
        for (let k = 0; k < valid; k++) losses[start + k] = loss!.data[k]! * (weights?.[start + k] ?? 1);
      }
      return losses;
    },
    dispose: () => program.dispose(),
  };
}
