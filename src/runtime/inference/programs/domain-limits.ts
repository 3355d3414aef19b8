/**
 * Values that an intervention pushes outside its variable's domain: `do(grade := grade + 1)` at the top grade. Nothing
 * downstream could take them for what they are, so they are an error that names the unit and the value. Intervals are
 * closed.
 */

import { levelTexts } from "../../../algebra/levels.js";
import { domainName } from "../../../data/binding/scalar-domain.js";
import { assertNever } from "../../../diagnostics/assert-never.js";
import { failure } from "../../../diagnostics/diagnostic.js";
import { variableOf } from "../../../model/graph/nested-worlds.js";
import { shortValue } from "../../mechanisms/bound/columns.js";
import { type BoundVariable, originOfVariable } from "../../mechanisms/bound/variables.js";
import type { LoadedModel } from "../../mechanisms/loaded-model.js";
import * as tf from "../../tensors/core/tfjs.js";

const prefix = "outside ";

/**
 * For each variable, `[units, 2]`: the share of a unit's particles outside the domain, and the sum of their values over
 * all.
 */
export function outsideOutputs(
  loaded: LoadedModel,
  replaced: ReadonlyMap<string, tf.Tensor>,
  units: number,
): Record<string, tf.Tensor> {
  const outputs: Record<string, tf.Tensor> = {};
  for (const [name, value] of replaced) {
    if (value.shape[1] !== 1) continue;
    const rows = tf.reshape(value, [units, -1]);
    const isOutside = tf.logicalNot(admits(loaded.variables.get(variableOf(name))!, rows));
    const share = tf.mean(tf.cast(isOutside, "float32"), 1, true);
    const values = tf.mean(tf.where(isOutside, rows, tf.zerosLike(rows)), 1, true);
    outputs[`${prefix}${name}`] = tf.concat([share, values], 1);
  }
  return outputs;
}

export const isOutsideOutput = (output: string): boolean => output.startsWith(prefix);

/** Levels with texts have none beyond the last one. */
function toText(variable: BoundVariable, value: number): string {
  return levelTexts(variable.domain) === undefined ? shortValue(variable, value) : "something else than its levels";
}

/** Throws for the first unit with a value outside. */
export function requireInside(
  loaded: LoadedModel,
  outputs: ReadonlyMap<string, Float32Array>,
  nameOf: (unit: number) => string = (unit) => `unit ${unit + 1}`,
): void {
  for (const [output, data] of outputs) {
    if (!isOutsideOutput(output)) continue;
    const name = variableOf(output.slice(prefix.length));
    const variable = loaded.variables.get(name)!;
    for (let unit = 0; 2 * unit < data.length; unit++) {
      const [share, sum] = [data[2 * unit]!, data[2 * unit + 1]!];
      if (share === 0) continue;
      throw failure(
        "7065",
        loaded.model.name,
        `the intervention sets \`${name}\` to ${toText(variable, sum / share)} in ${nameOf(unit)}, which is not a value of ${domainName(variable.domain as Parameters<typeof domainName>[0])}`,
        `Keep it inside, such as do(${name} := clip(…)), or leave the unit out.`,
      );
    }
  }
}

/** Whether a value, less the variable's origin, is in the domain. */
export function admits(variable: Pick<BoundVariable, "domain" | "origin">, value: tf.Tensor): tf.Tensor {
  const { domain } = variable;
  const origin = originOfVariable(variable);
  const between = (low: number, high: number) => tf.logicalAnd(tf.greaterEqual(value, low), tf.lessEqual(value, high));
  const isWhole = tf.equal(value, tf.floor(value));
  switch (domain.kind) {
    case "positive":
      return tf.logicalAnd(tf.greater(value, -origin), tf.isFinite(value));
    case "nonnegative":
      return tf.logicalAnd(tf.greaterEqual(value, 0), tf.isFinite(value));
    case "interval":
      return between(domain.low - origin, domain.high - origin);
    case "binary":
      return tf.logicalAnd(isWhole, between(0, 1));
    case "categorical":
    case "ordinal":
      return tf.logicalAnd(isWhole, between(0, domain.size - 1));
    case "count":
      return tf.logicalAnd(tf.logicalAnd(isWhole, tf.greaterEqual(value, 0)), tf.isFinite(value));
    case "real":
    case "vector":
    case "image":
      return tf.isFinite(value);
    default:
      return assertNever(domain);
  }
}
