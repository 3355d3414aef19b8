/** What the programs of a model are made of, those that scmc runs and those that it exports. */
import { mechanismsByName } from "../../../model/plans/plan.js";
import { classesOf } from "../../mechanisms/bound/variables.js";
import { meanOverParticles } from "../../mechanisms/contract/context.js";
import { indicator } from "../../mechanisms/kinds/gumbel-max.js";
import { type LoadedModel, parametersOf } from "../../mechanisms/loaded-model.js";
import type { Tensors } from "../../tensors/core/engine.js";
import type * as tf from "../../tensors/core/tfjs.js";

/** A variable's noises given its value and its parents', `particles` of them a unit where they are drawn. */
export function abductedNoises(
  loaded: LoadedModel,
  name: string,
  values: Tensors,
  draws: Tensors,
  constants: Tensors,
  particles: number,
): Tensors {
  const parents = parentsOf(loaded, name, values);
  const mechanism = loaded.mechanisms.get(name)!;
  return mechanism.abduct(parametersOf(constants, name), values[name]!, parents, draws, particles);
}

/** log p(value | parents) in nats per unit of the variable, `[rows]`, or a bound as the mechanism's `density` says. */
export function logProbabilityOf(
  loaded: LoadedModel,
  name: string,
  values: Tensors,
  draws: Tensors,
  constants: Tensors,
): tf.Tensor {
  const parents = parentsOf(loaded, name, values);
  return loaded.mechanisms.get(name)!.logProbability(parametersOf(constants, name), values[name]!, parents, draws);
}

function parentsOf(loaded: LoadedModel, name: string, values: Tensors): Record<string, tf.Tensor> {
  const { parents } = mechanismsByName(loaded.model).get(name)!;
  return Object.fromEntries(parents.map((parent) => [parent, values[parent]!]));
}

/** The mean over a unit's particles; of classes, the share of particles in each. */
export function overParticles(loaded: LoadedModel, name: string, value: tf.Tensor, units: number): tf.Tensor {
  const classes = classesOf(loaded.variables.get(name)!.domain);
  return meanOverParticles(classes > 0 ? indicator(value, classes) : value, value.shape[0]! / units);
}
