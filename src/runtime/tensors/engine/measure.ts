/** Times a program on random inputs: values uniform on (0, 1), bytes uniform on 0…255, from a key. */

import type { Engine, HostData, LoopSpec, ProgramSpec, TensorSpec, TensorSpecs } from "../core/engine.js";
import { sizeOfShape, stacked } from "../core/host-tensors.js";
import type { RandomKey } from "../random/random-key.js";

export interface Measurement {
  /** Of each call, or of a loop's step on average within each call. */
  readonly milliseconds: readonly number[];
  /** Steps of one call; 1 for a plain program. */
  readonly steps: number;
}

/** Steps in a call of a loop. */
const stepsPerCall = 10;
/** Calls are made for about so many milliseconds, within these limits. */
const usualBudget = 2000;
const [fewestCalls, mostCalls] = [3, 50];

function randomInput({ dtype, shape }: TensorSpec, key: RandomKey): HostData {
  const size = sizeOfShape(shape);
  switch (dtype) {
    case "float32":
      return key.uniform(size);
    case "uint8":
      return Uint8Array.from(key.integers(size, 256));
    case "int32":
      return new Int32Array(size);
  }
}

function randomInputs(specs: TensorSpecs, key: RandomKey): Record<string, HostData> {
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, randomInput(spec, key.split(name))]));
}

/** Calls once to warm up, then several times. */
async function repeated(call: () => Promise<unknown>, steps: number, budget: number): Promise<Measurement> {
  const timed = async () => {
    const start = performance.now();
    await call();
    return performance.now() - start;
  };
  const first = await timed();
  const calls = Math.min(mostCalls, Math.max(fewestCalls, Math.ceil(budget / Math.max(first, 0.01))));
  const milliseconds: number[] = [];
  for (let k = 0; k < calls; k++) milliseconds.push((await timed()) / steps);
  return { milliseconds, steps };
}

export async function measureProgram(
  engine: Engine,
  spec: ProgramSpec,
  key: RandomKey,
  budget = usualBudget,
): Promise<Measurement> {
  const program = await engine.compile(spec);
  try {
    const inputs = randomInputs(spec.inputs, key);
    return await repeated(() => program.run(inputs), 1, budget);
  } finally {
    await program.dispose();
  }
}

/** Each call starts from the same state. */
export async function measureLoop(
  engine: Engine,
  spec: LoopSpec,
  key: RandomKey,
  budget = usualBudget,
): Promise<Measurement> {
  const loop = await engine.compileLoop(spec);
  try {
    const state = randomInputs(spec.state, key.split("state"));
    const specs = Object.entries(spec.perStep).map(([name, one]) => [name, stacked(one, stepsPerCall)] as const);
    const perStep = randomInputs(Object.fromEntries(specs), key.split("step"));
    return await repeated(() => loop.run(stepsPerCall, state, perStep), stepsPerCall, budget);
  } finally {
    await loop.dispose();
  }
}
