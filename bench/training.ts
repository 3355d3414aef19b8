/**
 * A training step to be timed: the program that fits a mechanism, on made-up rows, with its state carried on from call
 * to call.
 */

import type { FitData } from "../src/runtime/fitting/steps/fit-data.js";
import type { FitOptions } from "../src/runtime/fitting/steps/fit-options.js";
import {
  optimiserInputs,
  perStepSpecs,
  type Trainable,
  trainingStep,
} from "../src/runtime/fitting/steps/training-program.js";
import { carriedState, initialState, stateSpecs } from "../src/runtime/fitting/steps/training-state.js";
import { sampleDraws } from "../src/runtime/mechanisms/contract/draw-inputs.js";
import type { Engine, HostData, LoopSpec } from "../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../src/runtime/tensors/random/index.js";
import type { Measurement } from "./comparison.js";
import { dataOf } from "./host.js";

const key = RandomKey.fromSeed(5);

const options: FitOptions = {
  epochs: 1,
  batch: 256,
  rate: 1e-3,
  patience: 1,
  balance: "none",
  weightDecay: 0,
  clip: 100,
  schedule: "constant",
  warmup: null,
  particles: 1,
  gradient: true,
};

export interface Training {
  readonly name: string;
  readonly mechanism: Trainable;
  /** At least `steps * batch` rows. */
  readonly data: FitData;
  readonly batch: number;
  /** Steps per call. */
  readonly steps: number;
}

export function trainingSpec({ name, mechanism, data, batch }: Training): LoopSpec {
  return {
    name,
    state: stateSpecs(mechanism),
    perStep: perStepSpecs(mechanism, data, batch, options),
    step: trainingStep(mechanism, options),
  };
}

export function perStepInputs({ mechanism, data, batch, steps }: Training): Record<string, HostData> {
  const rows = steps * batch;
  const inputs: Record<string, HostData> = { value: data.value.data.subarray(0, rows * data.value.size) as HostData };
  for (const [name, parent] of Object.entries(data.parents))
    inputs[`parent.${name}`] = parent.data.subarray(0, rows * parent.size) as HostData;
  for (const [name, draw] of Object.entries(mechanism.draws))
    inputs[`draw.${name}`] = sampleDraws(draw, rows, key.split(name));
  return { ...inputs, ...optimiserInputs(options, 0, steps, steps) };
}

/** Milliseconds of a step, over one call of `steps` steps. */
export async function stepping(
  training: Training,
  engine: Engine,
): Promise<{ measure: Measurement; dispose: () => Promise<void> }> {
  const loop = await engine.compileLoop(trainingSpec(training));
  const perStep = perStepInputs(training);
  let state = carriedState(training.mechanism, initialState(training.mechanism, key));
  return {
    async measure() {
      const start = performance.now();
      const result = await loop.run(training.steps, state, perStep);
      const time = (performance.now() - start) / training.steps;
      state = dataOf(result.state);
      return time;
    },
    dispose: () => loop.dispose(),
  };
}
