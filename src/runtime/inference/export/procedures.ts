/**
 * The procedures of a fitted model as programs of fixed batch with every choice an input: values, random draws, and the
 * intervention itself. For each scalar variable v, `set.v` says (1 or 0) which units are intervened on and `do.v` what
 * v becomes there. A variable without an intervened cause is copied from the unit, bit for bit.
 */
import { mechanismsByName } from "../../../model/plans/plan.js";
import { sizeOf } from "../../mechanisms/bound/variables.js";
import type { DrawSpec } from "../../mechanisms/contract/mechanism.js";
import { type LoadedModel, parametersOf } from "../../mechanisms/loaded-model.js";
import type { TensorSpec, Tensors } from "../../tensors/core/engine.js";
import * as tf from "../../tensors/core/tfjs.js";

/** What an input is for, and so where its values come from. */
export type InputRole =
  | { readonly role: "value"; readonly variable: string }
  | { readonly role: "set"; readonly variable: string }
  | { readonly role: "do"; readonly variable: string }
  | ({ readonly role: "random" } & DrawSpec);

export type OutputRole =
  | { readonly role: "value"; readonly variable: string }
  /** The share of particles in each class. */
  | { readonly role: "probabilities"; readonly variable: string }
  | { readonly role: "noise"; readonly variable: string; readonly noise: string }
  /** log p(variable | parents), nats per unit of the variable. */
  | { readonly role: "log_probability"; readonly variable: string; readonly density: "exact" | "bound" };

export interface ExportedInput {
  readonly spec: TensorSpec;
  readonly role: InputRole;
}

export interface ExportedProcedure {
  readonly name: string;
  readonly batch: number;
  readonly particles: number;
  readonly inputs: Readonly<Record<string, ExportedInput>>;
  readonly outputs: Readonly<Record<string, OutputRole>>;
  readonly procedure: (inputs: Tensors, constants: Tensors) => Tensors;
}

/** Rows of a call. */
export interface ExportSizes {
  readonly batch: number;
  /** Draws a unit in a counterfactual. */
  readonly particles: number;
}

type Inputs = Record<string, ExportedInput>;

/** What runs in a tensor program: all but the variables made by image operators. */
export function variablesOf({ model, mechanisms }: LoadedModel): string[] {
  return model.order.filter((name) => mechanisms.has(name));
}

function scalarsOf(loaded: LoadedModel): string[] {
  return variablesOf(loaded).filter((name) => sizeOf(loaded.variables.get(name)!.domain) === 1);
}

export function valueInputs(loaded: LoadedModel, batch: number): Inputs {
  const inputs: Inputs = {};
  for (const variable of variablesOf(loaded)) {
    const { domain } = loaded.variables.get(variable)!;
    const spec: TensorSpec = { shape: [batch, sizeOf(domain)], dtype: domain.kind === "image" ? "uint8" : "float32" };
    inputs[variable] = { spec, role: { role: "value", variable } };
  }
  return inputs;
}

export function actionInputs(loaded: LoadedModel, batch: number): Inputs {
  const spec: TensorSpec = { shape: [batch, 1], dtype: "float32" };
  const inputs: Inputs = {};
  for (const variable of scalarsOf(loaded)) {
    inputs[`set.${variable}`] = { spec, role: { role: "set", variable } };
    inputs[`do.${variable}`] = { spec, role: { role: "do", variable } };
  }
  return inputs;
}

export function randomInputs(loaded: LoadedModel, which: "noises" | "draws", rows: number): Inputs {
  const inputs: Inputs = {};
  for (const variable of variablesOf(loaded))
    for (const [name, draw] of Object.entries(loaded.mechanisms.get(variable)![which]))
      inputs[`random.${variable}.${name}`] = {
        spec: { shape: [rows, draw.size], dtype: "float32" },
        role: { role: "random", ...draw },
      };
  return inputs;
}

function under(inputs: Tensors, variable: string): Tensors {
  const prefix = `random.${variable}.`;
  const entries = Object.entries(inputs).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(entries.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

function parentsOf(loaded: LoadedModel, variable: string, values: Tensors): Record<string, tf.Tensor> {
  const { parents } = mechanismsByName(loaded.model).get(variable)!;
  return Object.fromEntries(parents.map((parent) => [parent, values[parent]!]));
}

/** `replacement` where `isSet` is 1: both `[rows, 1]`, the value of any width. */
export function replaced(isSet: tf.Tensor, replacement: tf.Tensor, value: tf.Tensor): tf.Tensor {
  return tf.where(tf.greater(isSet, 0), tf.broadcastTo(replacement, value.shape), value);
}

/** Units from their noises (rungs one and two). */
export function sampleProcedure(loaded: LoadedModel, { batch }: ExportSizes): ExportedProcedure {
  const variables = variablesOf(loaded);
  return {
    name: "sample",
    batch,
    particles: 1,
    inputs: { ...actionInputs(loaded, batch), ...randomInputs(loaded, "noises", batch) },
    outputs: Object.fromEntries(variables.map((variable) => [`out.${variable}`, { role: "value", variable }])),
    procedure(inputs, constants) {
      const values: Record<string, tf.Tensor> = {};
      for (const variable of variables) {
        const mechanism = loaded.mechanisms.get(variable)!;
        const parents = parentsOf(loaded, variable, values);
        const natural = mechanism.forward(parametersOf(constants, variable), under(inputs, variable), parents);
        const whole = tf.broadcastTo(natural, [batch, natural.shape.at(-1) ?? 1]);
        const isSet = inputs[`set.${variable}`];
        values[variable] = isSet ? replaced(isSet, inputs[`do.${variable}`]!, whole) : whole;
      }
      return Object.fromEntries(variables.map((variable) => [`out.${variable}`, values[variable]!]));
    },
  };
}

export function abducted(
  loaded: LoadedModel,
  variable: string,
  inputs: Tensors,
  constants: Tensors,
  particles: number,
): Tensors {
  const mechanism = loaded.mechanisms.get(variable)!;
  const parents = parentsOf(loaded, variable, inputs);
  return mechanism.abduct(
    parametersOf(constants, variable),
    inputs[variable]!,
    parents,
    under(inputs, variable),
    particles,
  );
}

/** One draw a unit of the exogenous noises given the unit: exact where the mechanism is invertible. */
export function abductProcedure(loaded: LoadedModel, { batch }: ExportSizes): ExportedProcedure {
  const outputs: Record<string, OutputRole> = {};
  for (const variable of variablesOf(loaded))
    for (const noise of Object.keys(loaded.mechanisms.get(variable)!.noises))
      outputs[`noise.${variable}.${noise}`] = { role: "noise", variable, noise };
  return {
    name: "abduct",
    batch,
    particles: 1,
    inputs: { ...valueInputs(loaded, batch), ...randomInputs(loaded, "draws", batch) },
    outputs,
    procedure: (inputs, constants) =>
      Object.fromEntries(
        variablesOf(loaded).flatMap((variable) =>
          Object.entries(abducted(loaded, variable, inputs, constants, 1)).map(([noise, tensor]) => [
            `noise.${variable}.${noise}`,
            tensor,
          ]),
        ),
      ),
  };
}

export function logProbabilityProcedure(loaded: LoadedModel, { batch }: ExportSizes): ExportedProcedure {
  const outputs: Record<string, OutputRole> = {};
  for (const variable of variablesOf(loaded)) {
    const { density } = loaded.mechanisms.get(variable)!;
    if (density !== "none") outputs[`log_probability.${variable}`] = { role: "log_probability", variable, density };
  }
  return {
    name: "log_probability",
    batch,
    particles: 1,
    inputs: { ...valueInputs(loaded, batch), ...randomInputs(loaded, "draws", batch) },
    outputs,
    procedure: (inputs, constants) =>
      Object.fromEntries(
        Object.entries(outputs).map(([output, { variable }]) => {
          const mechanism = loaded.mechanisms.get(variable)!;
          const parents = parentsOf(loaded, variable, inputs);
          const parameters = parametersOf(constants, variable);
          return [output, mechanism.logProbability(parameters, inputs[variable]!, parents, under(inputs, variable))];
        }),
      ),
  };
}
