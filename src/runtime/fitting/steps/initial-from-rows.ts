/**
 * Initial parameters that depend on the data, such as those of activation normalisation: one program over the first
 * rows of the training order, which the seed fixes, so that the start of a fit is reproducible.
 */

import { sampleDraws } from "../../mechanisms/contract/draw-inputs.js";
import { type Fittable, trainingDrawsOf } from "../../mechanisms/contract/mechanism.js";
import type { HostData, HostTensors, ProgramSpec } from "../../tensors/core/engine.js";
import { named } from "../../tensors/core/names.js";
import { gatherRows } from "../../tensors/core/rows.js";
import type { FitData } from "./fit-data.js";
import type { FitRequest } from "./fit-request.js";
import { batchSpecs } from "./training-program.js";
import { parametersIn } from "./training-state.js";

export const mostRows = 256;

/**
 * What the mechanism initialises from `rows` rows, over the parameters that were drawn; undefined where it does not.
 */
export function initialProgram(
  mechanism: Fittable,
  data: FitData,
  rows: number,
  drawn: HostTensors,
): ProgramSpec | undefined {
  const initialise = mechanism.initialise;
  if (!initialise) return undefined;
  return {
    name: `initialise ${mechanism.variable}`,
    inputs: batchSpecs(mechanism, data, rows, 1),
    constants: drawn,
    procedure: (given, parameters) =>
      initialise(parameters, given.value!, named(given, "parent."), named(given, "draw.")),
  };
}

/** What the mechanism initialises from rows, as entries of the fit's state; nothing for a mechanism that does not. */
export async function initialFromRows(
  { mechanism, data, engine, key }: Pick<FitRequest, "mechanism" | "data" | "engine" | "key">,
  state: HostTensors,
  training: Int32Array,
): Promise<HostTensors> {
  const indices = training.subarray(0, mostRows);
  const spec = initialProgram(mechanism, data, indices.length, parametersIn(state));
  if (!spec) return {};
  const program = await engine.compile(spec);
  const given: Record<string, HostData> = { value: gatherRows(data.value, indices) };
  for (const [name, parent] of Object.entries(data.parents)) given[`parent.${name}`] = gatherRows(parent, indices);
  for (const [name, draw] of Object.entries(trainingDrawsOf(mechanism)))
    given[`draw.${name}`] = sampleDraws(draw, indices.length, key.split("initial draws").split(name));
  try {
    const fresh = await program.run(given);
    return Object.fromEntries(Object.entries(fresh).map(([name, tensor]) => [`parameter.${name}`, tensor]));
  } finally {
    await program.dispose();
  }
}
