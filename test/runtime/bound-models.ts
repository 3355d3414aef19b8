/** Models whose variables and parameters a test sets itself, as if they had been fitted to just that. */

import { type BoundVariable, classesOf, type Normalisation } from "../../src/runtime/mechanisms/bound/variables.js";
import { type LoadedModel, loadModel } from "../../src/runtime/mechanisms/loaded-model.js";
import type { HostTensor } from "../../src/runtime/tensors/engine/index.js";
import type { Domain } from "../../src/schema/types.js";
import { compiled } from "./models.js";

/** Values of variables in their own units. */
export const rawUnits: Normalisation = { mean: 0, sd: 1, low: 0, high: 1 };

/** `parameters` by `variable/name`; a parameter that the model has and the map lacks is an error. */
export function bound(
  text: string,
  parameters: Readonly<Record<string, ArrayLike<number>>>,
  normalisations: Readonly<Record<string, Normalisation>> = {},
): LoadedModel {
  const model = compiled(text);
  const variables = new Map<string, BoundVariable>();
  for (const { name, domain } of model.variables) {
    const known: Domain = domain ?? { kind: "real" };
    const normalisation = classesOf(known) > 0 ? null : (normalisations[name] ?? rawUnits);
    variables.set(name, { name, domain: known, normalisation });
  }
  const tensors: Record<string, HostTensor> = {};
  for (const [variable, mechanism] of loadModel(model, variables, {}).mechanisms)
    for (const [name, { shape }] of Object.entries(mechanism.parameters)) {
      const values = parameters[`${variable}/${name}`];
      if (!values) throw new Error(`no values for ${variable}/${name} [${shape.join()}]`);
      const data = Float32Array.from(values);
      if (data.length !== shape.reduce((product, length) => product * length, 1))
        throw new Error(`${variable}/${name} is [${shape.join()}], not ${data.length} values`);
      tensors[`${variable}/${name}`] = { shape, dtype: "float32", data };
    }
  return loadModel(model, variables, tensors);
}
