/**
 * How many units an intervention moves outside what a parent's values were in training. There a learned mechanism extrapolates, so an
 * answer says how often it did. Counted in the program, on the values that the children see: also those of variables that nobody
 * asked for, and those that only some children see. A unit is outside where the mean of its particles is.
 */
import { isLearned } from "../../model/mechanism-kinds.js";
import type { Intervention } from "../../model/schema-types.js";
import * as tf from "../engine/tfjs.js";
import type { LoadedModel } from "../loaded-model.js";
import { meanOverParticles } from "../mechanisms/context.js";
import type { World } from "./world.js";

export interface OutsideRange {
  readonly variable: string;
  /** The learned mechanisms that read the value. */
  readonly children: readonly string[];
  readonly units: number;
  readonly low: number;
  readonly high: number;
}

const prefix = "range ";

/** For each changed scalar with learned children, `[units, 1]`: 1 where it is outside. */
export function rangeOutputs(
  loaded: LoadedModel,
  world: World,
  recomputed: readonly string[],
  units: number,
): Record<string, tf.Tensor> {
  const outputs: Record<string, tf.Tensor> = {};
  const seen = new Map([...recomputed.map((name) => [name, world.values.get(name)] as const), ...world.replaced]);
  for (const [name, value] of seen) {
    const normalisation = loaded.variables.get(name)?.normalisation;
    if (value?.shape[1] !== 1 || !normalisation) continue;
    const mean = meanOverParticles(value, value.shape[0]! / units);
    // Single precision on both sides: the training values themselves are inside.
    const inside = tf.logicalAnd(tf.greaterEqual(mean, normalisation.low), tf.lessEqual(mean, normalisation.high));
    outputs[`${prefix}${name}`] = tf.cast(tf.logicalNot(inside), "float32");
  }
  return outputs;
}

/** The variables that are outside in some unit. */
export function outsideRanges(
  loaded: LoadedModel,
  interventions: readonly Intervention[],
  outputs: ReadonlyMap<string, Float32Array>,
): OutsideRange[] {
  const found: OutsideRange[] = [];
  for (const [output, flags] of outputs) {
    if (!output.startsWith(prefix)) continue;
    const variable = output.slice(prefix.length);
    const { low, high } = loaded.variables.get(variable)!.normalisation!;
    const only = interventions.find((intervention) => intervention.variable === variable)?.only;
    const children = loaded.model.mechanisms
      .filter((mechanism) => mechanism.parents.includes(variable) && isLearned(mechanism))
      .map((mechanism) => mechanism.variable)
      .filter((child) => !only || only.includes(child));
    let units = 0;
    for (const flag of flags) units += flag;
    if (units > 0 && children.length > 0) found.push({ variable, children, units, low, high });
  }
  return found;
}

/** The same over all units of several blocks. */
export function addRanges(all: readonly OutsideRange[], more: readonly OutsideRange[]): OutsideRange[] {
  const sums = new Map(all.map((range) => [range.variable, range]));
  for (const range of more)
    sums.set(range.variable, { ...range, units: range.units + (sums.get(range.variable)?.units ?? 0) });
  return [...sums.values()];
}
