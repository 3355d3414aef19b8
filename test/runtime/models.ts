/** Small models for tests, compiled from text and bound by hand. */
import { expect } from "chai";
import { compile } from "../../src/compiler/compile.js";
import { compileInterventions } from "../../src/compiler/interventions.js";
import { type BoundVariable, classesOf, type Normalisation } from "../../src/runtime/mechanisms/bound/variables.js";
import { type LoadedModel, loadModel } from "../../src/runtime/mechanisms/loaded-model.js";
import type { Rows } from "../../src/runtime/tensors/core/rows.js";
import type { HostTensor } from "../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../src/runtime/tensors/random/index.js";
import type { Domain, Intervention, Model } from "../../src/schema/types.js";

export function compiled(text: string): Model {
  const { model, diagnostics } = compile({ text, file: "test.scm" });
  expect(diagnostics.map(({ message }) => message)).to.deep.equal([]);
  return model!;
}

/** The model with plausible constants and random parameters, as if fitted. */
export function loaded(text: string, normalisations: Record<string, Normalisation> = {}, seed = 3): LoadedModel {
  const model = compiled(text);
  const variables = new Map<string, BoundVariable>();
  for (const { name, domain } of model.variables) {
    const bound: Domain = domain ?? { kind: "real" };
    const isFixed = bound.kind === "image" || classesOf(bound) > 0;
    const normalisation = isFixed ? null : (normalisations[name] ?? { mean: 0.3, sd: 1.2, low: 0.5, high: 3.5 });
    variables.set(name, { name, domain: bound, normalisation });
  }
  const { mechanisms } = loadModel(model, variables, {});
  const parameters: Record<string, HostTensor> = {};
  for (const [variable, mechanism] of mechanisms)
    for (const [name, { shape, initialise }] of Object.entries(mechanism.parameters)) {
      const key = RandomKey.fromSeed(seed).split(variable).split(name);
      // Away from the initial values, so that nothing is an identity by accident.
      const shift = key.split("shift").normal(initialise(key).length);
      const data = initialise(key).map((value, k) => value + 0.3 * shift[k]!);
      parameters[`${variable}/${name}`] = { shape, dtype: "float32", data };
    }
  for (const [variable, mechanism] of mechanisms)
    for (const [name, { shape, initialise }] of Object.entries(mechanism.buffers ?? {})) {
      const key = RandomKey.fromSeed(seed).split(variable).split(name);
      // Running averages are of means and of variances, which are positive.
      const data = initialise(key).map((value) => value + 0.5 * key.split("shift").uniform(1)[0]!);
      parameters[`${variable}/${name}`] = { shape, dtype: "float32", data };
    }
  return loadModel(model, variables, parameters);
}

/** A model of `loaded` with parameters at a share of their way from the initial values. */
export function nearerTheStart(
  { model, variables, mechanisms, parameters }: LoadedModel,
  share: number,
  seed = 3,
): LoadedModel {
  const moved: Record<string, HostTensor> = { ...parameters };
  for (const [variable, mechanism] of mechanisms)
    for (const [name, { initialise }] of Object.entries(mechanism.parameters)) {
      const start = initialise(RandomKey.fromSeed(seed).split(variable).split(name));
      const tensor = parameters[`${variable}/${name}`]!;
      const data = start.map((value, k) => value + share * (tensor.data[k]! - value));
      moved[`${variable}/${name}`] = { ...tensor, data };
    }
  return loadModel(model, variables, moved);
}

export function interventions(text: string, { model }: LoadedModel): Intervention[] {
  const result = compileInterventions(text, model);
  expect(result.diagnostics.map(({ message }) => message)).to.deep.equal([]);
  return [...result.interventions];
}

export function scalarRows(values: ArrayLike<number>): Rows {
  return { rows: values.length, size: 1, data: Float32Array.from(values) };
}
