/**
 * The procedures of a fitted model as programs of fixed batch with every choice an input: values, random draws, and the
 * intervention itself. For each scalar variable v, `set.v` says (1 or 0) which units are intervened on and `do.v` what
 * v becomes there. A variable without an intervened cause is copied from the unit, bit for bit.
 */
import { sizeOf } from "../../mechanisms/bound/variables.js";
import { repeatRows } from "../../mechanisms/contract/context.js";
import type { DrawSpec } from "../../mechanisms/contract/mechanism.js";
import type { LoadedModel } from "../../mechanisms/loaded-model.js";
import type { TensorSpec, Tensors } from "../../tensors/core/engine.js";
import { named } from "../../tensors/core/names.js";
import * as tf from "../../tensors/core/tfjs.js";
import { abductedNoises, logProbabilityOf } from "../programs/parts.js";
import { evaluateWorld } from "../programs/world.js";

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

export function under(inputs: Tensors, variable: string): Tensors {
  return named(inputs, `random.${variable}.`);
}

/** What is set where `set.v` is 1, else the value; each input has a row for each unit, the value for each particle. */
export function actedOn(inputs: Tensors, variable: string, value: tf.Tensor): tf.Tensor {
  const isSet = inputs[`set.${variable}`];
  if (!isSet) return value;
  const rows = (tensor: tf.Tensor) => repeatRows(tensor, value.shape[0]! / tensor.shape[0]!);
  const replacement = tf.broadcastTo(rows(inputs[`do.${variable}`]!), value.shape);
  return tf.where(tf.greater(rows(isSet), 0), replacement, value);
}

/** Grey levels within 0..255, as scmc writes them; any other value as it is. */
export function inRange({ variables }: LoadedModel, name: string, value: tf.Tensor): tf.Tensor {
  return variables.get(name)!.domain.kind === "image" ? tf.clipByValue(value, 0, 255) : value;
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
      const { values } = evaluateWorld({
        ...withoutInterventions(loaded, constants),
        rows: batch,
        noises: new Map(variables.map((name) => [name, under(inputs, name)])),
        compute: new Set(variables),
        propose: (name, _, own) => actedOn(inputs, name, tf.broadcastTo(own(), [batch, own().shape.at(-1) ?? 1])),
      });
      return Object.fromEntries(variables.map((name) => [`out.${name}`, inRange(loaded, name, values.get(name)!)]));
    },
  };
}

/** The world of an exported program: what is set is an input. */
export function withoutInterventions(loaded: LoadedModel, parameters: Tensors) {
  return { loaded, parameters, observed: new Map(), interventions: [], interventionNoises: new Map() };
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
          Object.entries(abductedNoises(loaded, variable, inputs, under(inputs, variable), constants, 1)).map(
            ([noise, tensor]) => [`noise.${variable}.${noise}`, tensor],
          ),
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
        Object.entries(outputs).map(([output, { variable }]) => [
          output,
          logProbabilityOf(loaded, variable, inputs, under(inputs, variable), constants),
        ]),
      ),
  };
}
