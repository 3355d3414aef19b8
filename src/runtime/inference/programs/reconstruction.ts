/**
 * How well implicit mechanisms invert themselves: the mean absolute difference between an observed value and f(E(x,
 * pa), pa), over the elements, in units of the variable. Where abduction is exact, or exact given latent variables,
 * this is rounding error and no figure.
 */

import { type LoadedModel, parametersOf } from "../../mechanisms/loaded-model.js";
import type { Engine, HostData, ProgramSpec, TensorSpec } from "../../tensors/core/engine.js";
import { named } from "../../tensors/core/names.js";
import { blockOfRows, type Rows, specOf } from "../../tensors/core/rows.js";
import * as tf from "../../tensors/core/tfjs.js";
import { blockOf } from "./block-size.js";
import { type ReportRows, runInBlocks } from "./blocks.js";

export interface ReconstructionRequest {
  readonly loaded: LoadedModel;
  readonly engine: Engine;
  readonly observed: ReadonlyMap<string, Rows>;
  /** Units of one call of the program; by default what their size lets fit. */
  readonly block?: number;
  readonly onRows?: ReportRows;
}

/** Errors by implicit variable, `[units]` each. */
export async function reconstructionErrors(request: ReconstructionRequest): Promise<Map<string, Float32Array>> {
  const { engine, loaded, observed } = request;
  const rows = [...observed.values()][0]?.rows ?? 0;
  const targets = implicitVariables(loaded).filter((name) => observed.has(name));
  if (rows === 0 || targets.length === 0) return new Map();
  const block = blockOf(loaded, request.block, rows);
  const program = await engine.compile(reconstructionProgram(loaded, observed, targets, block));
  try {
    const inputs = (firstRow: number): Record<string, HostData> =>
      Object.fromEntries(
        [...observed].map(([name, values]) => [`value.${name}`, blockOfRows(values, firstRow, block)]),
      );
    return await runInBlocks(program, rows, block, inputs, request.onRows);
  } finally {
    await program.dispose();
  }
}

function implicitVariables({ model, mechanisms }: LoadedModel): string[] {
  return model.order.filter((name) => mechanisms.get(name)?.abduction === "implicit");
}

function reconstructionProgram(
  loaded: LoadedModel,
  observed: ReadonlyMap<string, Rows>,
  targets: readonly string[],
  block: number,
): ProgramSpec {
  const parentsOf = new Map(loaded.model.mechanisms.map(({ variable, parents }) => [variable, parents]));
  const inputs: Record<string, TensorSpec> = {};
  for (const [name, values] of observed) inputs[`value.${name}`] = specOf(values, block);
  return {
    name: "reconstruction",
    inputs,
    constants: loaded.parameters,
    procedure(given, constants) {
      const values = named(given, "value.");
      const outputs: Record<string, tf.Tensor> = {};
      for (const name of targets) {
        const mechanism = loaded.mechanisms.get(name)!;
        const parameters = parametersOf(constants, name);
        const parents = Object.fromEntries(parentsOf.get(name)!.map((parent) => [parent, values[parent]!]));
        // An implicit abduction is deterministic: it takes no draws, and a particle is like any other.
        const noise = mechanism.abduct(parameters, values[name]!, parents, {}, 1);
        const again = mechanism.forward(parameters, noise, parents);
        outputs[name] = tf.mean(tf.abs(tf.sub(again, values[name]!)), 1);
      }
      return outputs;
    },
  };
}
