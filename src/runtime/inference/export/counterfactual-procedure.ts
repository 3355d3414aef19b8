/**
 * The counterfactual of observed units as an exported program: abduction, action and prediction with the action as an
 * input.
 */
import { mechanismsByName } from "../../../model/plans/plan.js";
import { classesOf } from "../../mechanisms/bound/variables.js";
import { meanOverParticles, repeatRows } from "../../mechanisms/contract/context.js";
import { indicator } from "../../mechanisms/kinds/gumbel-max.js";
import { type LoadedModel, parametersOf } from "../../mechanisms/loaded-model.js";
import type { Tensors } from "../../tensors/core/engine.js";
import * as tf from "../../tensors/core/tfjs.js";
import {
  abducted,
  actionInputs,
  type ExportedProcedure,
  type ExportSizes,
  type OutputRole,
  randomInputs,
  replaced,
  valueInputs,
  variablesOf,
} from "./procedures.js";

/** The observed units under the intervention (rung three): abduct, act, predict, mean over particles. */
export function counterfactualProcedure(loaded: LoadedModel, { batch, particles }: ExportSizes): ExportedProcedure {
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
      aggregate(loaded, predict(loaded, inputs, constants, particles), particles, inputs),
  };
}

interface Prediction {
  /** `[batch * particles, size]`, units outermost. */
  readonly value: tf.Tensor;
  /** Whether the unit's value differs from the observed one for a reason, `[batch, 1]`. */
  readonly changed: tf.Tensor;
}

function predict(
  loaded: LoadedModel,
  inputs: Tensors,
  constants: Tensors,
  particles: number,
): ReadonlyMap<string, Prediction> {
  const found = new Map<string, Prediction>();
  for (const variable of variablesOf(loaded)) {
    const { parents } = mechanismsByName(loaded.model).get(variable)!;
    const observed = repeatRows(inputs[variable]!, particles);
    const causes = parents.map((parent) => found.get(parent)!.changed);
    const reached = causes.length > 0 ? causes.reduce((a, b) => tf.maximum(a, b)) : null;
    let value = observed;
    if (reached) {
      const noise = abducted(loaded, variable, inputs, constants, particles);
      const whole = (tensor: tf.Tensor) => repeatRows(tensor, observed.shape[0]! / tensor.shape[0]!);
      const aligned = Object.fromEntries(Object.entries(noise).map(([name, tensor]) => [name, whole(tensor)]));
      const world = Object.fromEntries(parents.map((parent) => [parent, found.get(parent)!.value]));
      const computed = loaded.mechanisms.get(variable)!.forward(parametersOf(constants, variable), aligned, world);
      value = tf.where(tf.greater(broadcastRows(reached, particles, observed), 0), computed, observed);
    }
    const isSet = inputs[`set.${variable}`];
    if (isSet) value = replaced(repeatRows(isSet, particles), repeatRows(inputs[`do.${variable}`]!, particles), value);
    const changed = [...(reached ? [reached] : []), ...(isSet ? [isSet] : [])];
    found.set(variable, {
      value,
      changed: changed.length > 0 ? changed.reduce((a, b) => tf.maximum(a, b)) : tf.zeros([1, 1]),
    });
  }
  return found;
}

function broadcastRows(flags: tf.Tensor, particles: number, like: tf.Tensor): tf.Tensor {
  return tf.broadcastTo(repeatRows(flags, particles), like.shape);
}

/** Numbers by their mean, classes by the most frequent one and the shares; what nothing changed as it was observed. */
function aggregate(
  loaded: LoadedModel,
  predictions: ReadonlyMap<string, Prediction>,
  particles: number,
  inputs: Tensors,
): Tensors {
  const outputs: Record<string, tf.Tensor> = {};
  for (const [variable, { value, changed }] of predictions) {
    const classes = classesOf(loaded.variables.get(variable)!.domain);
    if (classes > 0) {
      const shares = meanOverParticles(indicator(value, classes), particles);
      outputs[`probabilities.${variable}`] = shares;
      outputs[`out.${variable}`] = tf.reshape(tf.cast(tf.argMax(shares, 1), "float32"), [-1, 1]);
    } else {
      const observed = inputs[variable]!;
      const isChanged = tf.greater(tf.broadcastTo(changed, observed.shape), 0);
      // A mean of equal numbers may differ from them in the last bit.
      outputs[`out.${variable}`] = tf.where(isChanged, meanOverParticles(value, particles), observed);
    }
  }
  return outputs;
}
