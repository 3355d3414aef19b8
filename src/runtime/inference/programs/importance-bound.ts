/**
 * The importance-weighted bound of an amortised mechanism (Burda, Grosse & Salakhutdinov 2016):
 * log (1/K) Σ_k p(x, z_k | pa) / q(z_k | x, pa) ≤ log p(x | pa) in expectation, at least as tight as the ELBO.
 */

import { mechanismsByName } from "../../../model/plans/plan.js";
import { repeatRows } from "../../mechanisms/contract/context.js";
import { parametersOf } from "../../mechanisms/loaded-model.js";
import type { HostData, ProgramSpec, TensorSpec } from "../../tensors/core/engine.js";
import { named } from "../../tensors/core/names.js";
import { blockOfRows, specOf } from "../../tensors/core/rows.js";
import * as tf from "../../tensors/core/tfjs.js";
import { meanOfRows } from "../../tensors/core/weighted-mean.js";
import { runInBlocks } from "./blocks.js";
import type { LogProbabilityRequest } from "./log-probability.js";
import { RandomInputs } from "./random-inputs.js";

export interface ImportanceBound {
  /** Mean over units, nats per unit of the variable: a lower bound in expectation. */
  readonly mean: number;
  readonly standardError: number;
  /** Draws of the latent variables a unit. */
  readonly draws: number;
  readonly units: number;
}

const draws = 32;
/** The first units of the test data: each costs as much as 32 of the ELBO. */
const mostUnits = 512;
export const unitsInBlock = 32;

/** Undefined where a unit lacks a value. */
export async function importanceBound(
  { loaded, engine, observed, key, weights }: LogProbabilityRequest & { readonly weights?: Float64Array },
  name: string,
): Promise<ImportanceBound | undefined> {
  const { parents } = mechanismsByName(loaded.model).get(name)!;
  const used = new Map([name, ...parents].map((one) => [one, observed.get(one)!]));
  const units = Math.min(mostUnits, observed.get(name)!.rows);
  if ([...used.values()].some(({ data, size }) => data.subarray(0, units * size).some(Number.isNaN))) return undefined;
  const block = Math.min(unitsInBlock, units);
  const { spec, random } = importanceBoundProgram({ loaded, observed, key }, name, block);
  const program = await engine.compile(spec);
  try {
    const outputs = await runInBlocks(program, units, block, (firstRow) => {
      const given: Record<string, HostData> = random.block(firstRow);
      for (const [one, rows] of used) given[`value.${one}`] = blockOfRows(rows, firstRow, block);
      return given;
    });
    return { ...meanOfRows(outputs.get("bound")!, weights?.subarray(0, units)), draws, units };
  } finally {
    await program.dispose();
  }
}

/** The bound of `block` units, and its random inputs; of the observed values, sizes and types count. */
export function importanceBoundProgram(
  { loaded, observed, key }: Pick<LogProbabilityRequest, "loaded" | "observed" | "key">,
  name: string,
  block: number,
): { readonly spec: ProgramSpec; readonly random: RandomInputs } {
  const mechanism = loaded.mechanisms.get(name)!;
  const { parents } = mechanismsByName(loaded.model).get(name)!;
  const random = new RandomInputs(key.split("importance bound").split(name), { block, chunk: unitsInBlock });
  for (const [draw, spec] of Object.entries(mechanism.draws)) random.add(`draw.${draw}`, spec, block * draws);
  const specs: Record<string, TensorSpec> = {};
  for (const one of [name, ...parents]) specs[`value.${one}`] = specOf(observed.get(one)!, block);
  const spec: ProgramSpec = {
    name: `importance-weighted bound ${name}`,
    inputs: { ...specs, ...random.specs() },
    constants: loaded.parameters,
    procedure(given, constants) {
      const values = Object.fromEntries(
        Object.entries(named(given, "value.")).map(([one, rows]) => [one, repeatRows(rows, draws)]),
      );
      const own = parametersOf(constants, name);
      const logWeights = mechanism.logWeight!(own, values[name]!, values, named(given, "draw."));
      const perUnit = tf.reshape(logWeights, [block, draws]);
      return { bound: tf.sub(tf.logSumExp(perUnit, 1), Math.log(draws)) };
    },
  };
  return { spec, random };
}
