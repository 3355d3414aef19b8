/**
 * Draws the random inputs of a block on the thread that runs the program, which several do at once. The numbers are the
 * same.
 */
import type { CreateFeeder, Feeder, HostData, HostTensors, Program } from "../../tensors/core/engine.js";
import { type DrawPlan, RandomInputs } from "./random-inputs.js";

export const createFeeder: CreateFeeder = (data) => {
  const random = RandomInputs.of(data as DrawPlan);
  return (firstUnit) => random.block(firstUnit);
};

/** What an engine needs to have these inputs drawn elsewhere. */
export function feederOf(random: RandomInputs): Feeder {
  return { module: import.meta.url, data: random.plan() };
}

/** Runs a program on the block that starts at a unit, its random inputs drawn here or where it runs. */
export async function runBlock(
  program: Program,
  random: RandomInputs,
  firstUnit: number,
  given: Record<string, HostData> = {},
): Promise<HostTensors> {
  if (program.runFed) return program.runFed(given, firstUnit);
  return program.run({ ...random.block(firstUnit), ...given });
}
