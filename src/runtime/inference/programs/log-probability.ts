/**
 * Log-probabilities of observed units, one term per mechanism: log p(x | pa) in nats per unit of x, exact or an ELBO as
 * the mechanism says. Deterministic mechanisms and image operators have no density and no term.
 */

import type { LoadedModel } from "../../mechanisms/loaded-model.js";
import type { Engine, HostData, ProgramSpec, TensorSpec } from "../../tensors/core/engine.js";
import { named } from "../../tensors/core/names.js";
import { blockOfRows, type Rows, specOf } from "../../tensors/core/rows.js";
import type * as tf from "../../tensors/core/tfjs.js";
import type { RandomKey } from "../../tensors/random/random-key.js";
import { blockOf } from "./block-size.js";
import { type ReportRows, runInBlocks } from "./blocks.js";
import { logProbabilityOf } from "./parts.js";
import { RandomInputs } from "./random-inputs.js";

export interface LogProbabilityRequest {
  readonly loaded: LoadedModel;
  readonly engine: Engine;
  readonly observed: ReadonlyMap<string, Rows>;
  readonly key: RandomKey;
  /** The variables whose terms are wanted; all that have a density by default. */
  readonly targets?: readonly string[];
  /** Units of one call of the program; by default what their size lets fit. The answer does not depend on it. */
  readonly block?: number;
  readonly onRows?: ReportRows;
}

/** Units whose draws have one key. */
const chunk = 500;

/** Terms by variable, `[units]` each. */
export async function logProbability(request: LogProbabilityRequest): Promise<Map<string, Float32Array>> {
  const { engine, observed } = request;
  const rows = [...observed.values()][0]?.rows ?? 0;
  if (rows === 0 || targetsWithDensity(request).length === 0) return new Map();
  const block = blockOf(request.loaded, request.block, rows);
  const { spec, random } = logProbabilityProgram(request, block);
  const program = await engine.compile(spec);
  try {
    const inputs = (firstRow: number): Record<string, HostData> => {
      const given = random.block(firstRow);
      for (const [name, values] of observed) given[`value.${name}`] = blockOfRows(values, firstRow, block);
      return given;
    };
    return await runInBlocks(program, rows, block, inputs, request.onRows);
  } finally {
    await program.dispose();
  }
}

export function targetsWithDensity({ loaded, targets }: Pick<LogProbabilityRequest, "loaded" | "targets">): string[] {
  const wanted = targets ?? loaded.model.order;
  return wanted.filter((name) => (loaded.mechanisms.get(name)?.density ?? "none") !== "none");
}

/** The terms of `block` units, and its random inputs. */
export function logProbabilityProgram(
  request: Pick<LogProbabilityRequest, "loaded" | "observed" | "key" | "targets">,
  block: number,
): { readonly spec: ProgramSpec; readonly random: RandomInputs } {
  const { loaded, observed, key } = request;
  const targets = targetsWithDensity(request);
  const random = new RandomInputs(key, { block, chunk });
  for (const name of targets)
    for (const [draw, spec] of Object.entries(loaded.mechanisms.get(name)!.draws))
      random.add(`draw.${name}.${draw}`, spec, block);
  const specs: Record<string, TensorSpec> = {};
  for (const [name, values] of observed) specs[`value.${name}`] = specOf(values, block);

  const spec: ProgramSpec = {
    name: "log-probability",
    inputs: { ...specs, ...random.specs() },
    constants: loaded.parameters,
    procedure(given, constants) {
      const values = named(given, "value.");
      const outputs: Record<string, tf.Tensor> = {};
      for (const name of targets)
        outputs[name] = logProbabilityOf(loaded, name, values, named(given, `draw.${name}.`), constants);
      return outputs;
    },
  };
  return { spec, random };
}
