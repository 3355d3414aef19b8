/**
 * The table of a network over discrete parents: the frequencies of each combination of their levels, as logits that the
 * network's last layer interpolates. A combination in which a level has no row is smoothed by one row, spread as the
 * logistic regression says; one without any row is as the regression says.
 */

import type { HostTensors } from "../../tensors/core/engine.js";
import { encodedColumns } from "../bound/encoded-numbers.js";
import { type BoundVariable, classesOf } from "../bound/variables.js";
import type { ClosedFit, FitWarning } from "../contract/closed-form.js";
import { type ClassFormSpec, logitsOf, outputsOf } from "./class-form-spec.js";
import type { GroupedRows } from "./grouped-rows.js";

export function tableFit(
  spec: ClassFormSpec,
  groups: GroupedRows,
  weights: Float64Array,
  bias: Float64Array,
  start: HostTensors,
  initial: HostTensors,
  warnings: readonly FitWarning[],
): ClosedFit | undefined {
  const { variable, parents, classes, conditioner } = spec;
  if (!conditioner.interpolated || !parents.every(({ domain }) => classesOf(domain) > 0)) return undefined;
  const outputs = outputsOf(spec);
  const all = parents.reduce((product, { domain }) => product * classesOf(domain), 1);
  const seen = contextsOf(parents, groups.parents, groups.rows);
  const contexts =
    all <= conditioner.interpolated.most ? contextsOf(parents, everyCombination(parents, all), all) : seen;
  if (contexts.length > conditioner.interpolated.most) return undefined;
  const rest = new Map<string, Float64Array>();
  let loss = 0;
  let total = 0;
  let smoothed = 0;
  for (const [group, context] of seen.entries()) {
    const counts = groups.counts.subarray(group * classes, (group + 1) * classes);
    const additive = Float64Array.from({ length: outputs }, (_, k) =>
      context.reduce((sum, element, input) => sum + element * weights[input * outputs + k]!, bias[k]!),
    );
    const target = logFrequencies(counts, softmax(spec, additive));
    if (counts.some((count) => count === 0)) smoothed++;
    for (const [k, count] of counts.entries()) loss -= count === 0 ? 0 : count * target[k]!;
    total += counts.reduce((sum, count) => sum + count, 0);
    const logits = logitsOf(spec, target);
    // A common constant of all logits says nothing: the nearest to the additive ones needs the least of the network.
    const shift = spec.isRelative ? 0 : logits.reduce((sum, logit, k) => sum + logit - additive[k]!, 0) / outputs;
    rest.set(
      context.join(),
      logits.map((logit, k) => logit - shift - additive[k]!),
    );
  }
  const wanted = contexts.map((context) => rest.get(context.join()) ?? new Float64Array(outputs));
  const parameters = conditioner.interpolated.of({ ...initial, ...start }, contexts, wanted);
  if (!parameters) return undefined;
  const smoothing: FitWarning[] =
    smoothed === 0
      ? []
      : [
          {
            code: "7036",
            variable: variable.name,
            message: `\`${variable.name}\`: ${smoothed} of ${seen.length} combinations of ${names(parents)} ${smoothed === 1 ? "has" : "have"} no row with some level of it`,
            hint: "The probabilities of these combinations are smoothed by one row, spread as a logistic regression without interactions says.",
          },
        ];
  return {
    isMaximum: true,
    method: "counts",
    parameters: { ...start, ...parameters },
    steps: 0,
    loss: loss / total,
    warnings: [...warnings, ...smoothing],
  };
}

function names(parents: readonly BoundVariable[]): string {
  return parents.map(({ name }) => `\`${name}\``).join(", ");
}

/** Log probabilities: of the frequencies where all levels have rows, and else with one more row spread by `prior`. */
function logFrequencies(counts: Float64Array, prior: Float64Array): Float64Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (counts.every((count) => count > 0)) return counts.map((count) => Math.log(count / total));
  return counts.map((count, k) => Math.log((count + prior[k]!) / (total + 1)));
}

function softmax({ isRelative }: ClassFormSpec, logits: Float64Array): Float64Array {
  const all = isRelative ? Float64Array.of(0, ...logits) : logits;
  const largest = all.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const powers = all.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((part, power) => part + power, 0);
  return powers.map((power) => power / sum);
}

function contextsOf(
  parents: readonly BoundVariable[],
  values: Readonly<Record<string, ArrayLike<number>>>,
  rows: number,
): Float64Array[] {
  const columns = parents.flatMap((parent) => encodedColumns(parent, values[parent.name]!, rows));
  return Array.from({ length: rows }, (_, row) => Float64Array.from(columns, (column) => column.values[row]!));
}

function everyCombination(parents: readonly BoundVariable[], all: number): Record<string, Float64Array> {
  let before = 1;
  return Object.fromEntries(
    parents.map(({ name, domain }) => {
      const [classes, period] = [classesOf(domain), before];
      before *= classes;
      return [name, Float64Array.from({ length: all }, (_, k) => Math.floor(k / period) % classes)];
    }),
  );
}
