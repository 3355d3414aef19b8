/** Fits every learned mechanism of a small model to rows drawn by a test. */

import { isLearned } from "../../../src/model/catalogue/mechanism-kinds.js";
import { fitMechanism } from "../../../src/runtime/fitting/steps/fit-mechanism.js";
import { fitOptionsOf } from "../../../src/runtime/fitting/steps/fit-options.js";
import { type BoundVariable, normalisationOf } from "../../../src/runtime/mechanisms/bound/variables.js";
import { type LoadedModel, loadModel } from "../../../src/runtime/mechanisms/loaded-model.js";
import type { Rows } from "../../../src/runtime/tensors/core/rows.js";
import type { Engine, HostTensor } from "../../../src/runtime/tensors/engine/index.js";
import type { RandomKey } from "../../../src/runtime/tensors/random/index.js";
import { compiled } from "../models.js";

export interface FitSettings {
  readonly engine: Engine;
  readonly key: RandomKey;
  readonly epochs: number;
  /** Rows a step; 200 by default. */
  readonly batch?: number;
  /** Adam's step size; 0.01 by default, which suits mechanisms of a few parameters. */
  readonly rate?: number;
  /** The variables to fit; all by default. */
  readonly only?: readonly string[];
}

export async function fitted(
  text: string,
  rows: ReadonlyMap<string, Rows>,
  { engine, key, epochs, batch = 200, rate = 1e-2, only }: FitSettings,
): Promise<LoadedModel> {
  const model = compiled(text);
  const variables = new Map<string, BoundVariable>();
  for (const { name, domain } of model.variables) {
    const values = Float64Array.from(rows.get(name)!.data);
    variables.set(name, { name, domain: domain!, normalisation: normalisationOf(domain!, values) });
  }
  const tensors: Record<string, HostTensor> = {};
  const { mechanisms } = loadModel(model, variables, {});
  for (const mechanism of model.mechanisms) {
    const { variable, parents } = mechanism;
    if (!isLearned(mechanism) || (only && !only.includes(variable))) continue;
    const { parameters } = await fitMechanism({
      mechanism: mechanisms.get(variable)!,
      data: {
        value: rows.get(variable)!,
        parents: Object.fromEntries(parents.map((name) => [name, rows.get(name)!])),
      },
      options: {
        ...fitOptionsOf([], mechanism, variables.get(variable)!.domain, rows.get(variable)!.rows),
        epochs,
        batch,
        rate,
        patience: epochs,
      },
      engine,
      key: key.split(variable),
    });
    for (const [name, tensor] of Object.entries(parameters)) tensors[`${variable}/${name}`] = tensor;
  }
  return loadModel(model, variables, tensors);
}
