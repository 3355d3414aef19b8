/**
 * Initial parameters that depend on the data, such as those of activation normalisation: one program over the first rows of the
 * training order, which the seed fixes, so that the start of a fit is reproducible.
 */
import type { HostData, HostTensors } from "../engine/engine.js";
import { trainingDrawsOf } from "../mechanisms/mechanism.js";
import { gatherRows } from "../rows.js";
import { sampleDraws } from "../sampling.js";
import type { FitRequest } from "./fit-mechanism.js";
import { batchSpecs, named, parametersIn } from "./training-program.js";

const mostRows = 256;

/** What the mechanism initialises from rows, as entries of the fit's state; nothing for a mechanism that does not. */
export async function initialFromRows(
  { mechanism, data, engine, key }: Pick<FitRequest, "mechanism" | "data" | "engine" | "key">,
  state: HostTensors,
  training: Int32Array,
): Promise<HostTensors> {
  const initialise = mechanism.initialise;
  if (!initialise) return {};
  const indices = training.subarray(0, mostRows);
  const program = await engine.compile({
    name: `initialise ${mechanism.variable}`,
    inputs: batchSpecs(mechanism, data, indices.length, 1),
    constants: parametersIn(state),
    procedure: (given, parameters) =>
      initialise(parameters, given.value!, named(given, "parent."), named(given, "draw.")),
  });
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
