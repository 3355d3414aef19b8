/**
 * The counterfactual of observed units as an exported program: abduction, action and prediction with the action as an
 * input.
 */
import { mechanismsByName } from "../../../model/plans/plan.js";
import { classesOf } from "../../mechanisms/bound/variables.js";
import { repeatRows } from "../../mechanisms/contract/context.js";
import type { LoadedModel } from "../../mechanisms/loaded-model.js";
import type { Tensors } from "../../tensors/core/engine.js";
import * as tf from "../../tensors/core/tfjs.js";
import { abductedNoises, overParticles } from "../programs/parts.js";
import { evaluateWorld } from "../programs/world.js";
import {
  actedOn,
  actionInputs,
  type ExportedProcedure,
  type ExportSizes,
  inRange,
  type OutputRole,
  randomInputs,
  under,
  valueInputs,
  variablesOf,
  withoutInterventions,
} from "./procedures.js";

/**
 * The observed units under the intervention (rung three): abduct, act, predict, mean over particles. Images lie in
 * 0..255, unless the very values are wanted that the model gives.
 */
export function counterfactualProcedure(
  loaded: LoadedModel,
  { batch, particles }: ExportSizes,
  clipped = true,
): ExportedProcedure {
  const outputs: Record<string, OutputRole> = {};
  for (const variable of variablesOf(loaded)) {
    outputs[`out.${variable}`] = { role: "value", variable };
    if (classesOf(loaded.variables.get(variable)!.domain) > 0)
      outputs[`probabilities.${variable}`] = { role: "probabilities", variable };
  }
  return {
    name: "counterfactual",
    batch,
    particles,
    inputs: {
      ...valueInputs(loaded, batch),
      ...actionInputs(loaded, batch),
      ...randomInputs(loaded, "draws", batch * particles),
    },
    outputs,
    procedure: (inputs, constants) =>
      aggregate(loaded, predict(loaded, inputs, constants, { batch, particles }), batch, inputs, clipped),
  };
}

/**
 * The world in which the variables that are set have their new values, and every other one is as it was observed unless
 * a cause of it changed: `changed`, `[batch, 1]`, says of which units it did.
 */
function predict(
  loaded: LoadedModel,
  inputs: Tensors,
  constants: Tensors,
  { batch, particles }: ExportSizes,
): { readonly values: ReadonlyMap<string, tf.Tensor>; readonly changed: ReadonlyMap<string, tf.Tensor | null> } {
  const variables = variablesOf(loaded);
  const parentsOf = mechanismsByName(loaded.model);
  const changed = new Map<string, tf.Tensor | null>();
  const noises = new Map(
    variables
      .filter((name) => parentsOf.get(name)!.parents.length > 0)
      .map((name) => [name, abductedNoises(loaded, name, inputs, under(inputs, name), constants, particles)]),
  );
  const { values } = evaluateWorld({
    ...withoutInterventions(loaded, constants),
    rows: batch * particles,
    noises,
    compute: new Set(variables),
    propose(name, _, own) {
      const reached = either(parentsOf.get(name)!.parents.map((parent) => changed.get(parent) ?? null));
      changed.set(name, either([reached, inputs[`set.${name}`] ?? null]));
      const observed = repeatRows(inputs[name]!, particles);
      const whole = (flags: tf.Tensor) => tf.broadcastTo(repeatRows(flags, particles), observed.shape);
      return actedOn(inputs, name, reached ? tf.where(tf.greater(whole(reached), 0), own(), observed) : observed);
    },
  });
  return { values, changed };
}

/** Where any of the flags is 1; null where there are none. */
function either(flags: readonly (tf.Tensor | null)[]): tf.Tensor | null {
  return flags.reduce((a, b) => (a && b ? tf.maximum(a, b) : (a ?? b)), null);
}

/** Numbers by their mean, classes by the most frequent one and the shares; what nothing changed as it was observed. */
function aggregate(
  loaded: LoadedModel,
  { values, changed }: ReturnType<typeof predict>,
  batch: number,
  inputs: Tensors,
  clipped: boolean,
): Tensors {
  const outputs: Record<string, tf.Tensor> = {};
  for (const [name, value] of values) {
    const mean = overParticles(loaded, name, value, batch);
    if (classesOf(loaded.variables.get(name)!.domain) > 0) {
      outputs[`probabilities.${name}`] = mean;
      outputs[`out.${name}`] = tf.reshape(tf.cast(tf.argMax(mean, 1), "float32"), [-1, 1]);
      continue;
    }
    const found = clipped ? inRange(loaded, name, mean) : mean;
    const observed = inputs[name]!;
    const reached = changed.get(name);
    // A mean of equal numbers may differ from them in the last bit.
    outputs[`out.${name}`] = reached
      ? tf.where(tf.greater(tf.broadcastTo(reached, observed.shape), 0), found, observed)
      : observed;
  }
  return outputs;
}
