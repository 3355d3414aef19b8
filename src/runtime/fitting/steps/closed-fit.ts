/**
 * A fit in closed form in the place of gradient training, or the start of the latter: what every door that fits comes
 * through. Completed rows of several draws count together, each draw for its share.
 */

import type { ClosedFit, FitColumns, Numbers } from "../../mechanisms/contract/closed-form.js";
import type { HostTensors } from "../../tensors/core/engine.js";
import { numbersOf, type Rows } from "../../tensors/core/rows.js";
import { balancedWeights } from "./balance.js";
import type { FitData } from "./fit-data.js";
import type { FitRequest } from "./fit-request.js";
import { chosenWeights } from "./present-rows.js";

/**
 * Undefined where the mechanism has none. Of the rows `indices`, all where they are left out; `initial` are parameters
 * as drawn.
 */
export function closedFitOf(request: FitRequest, initial: HostTensors, indices?: Int32Array): ClosedFit | undefined {
  const { mechanism } = request;
  return mechanism.closedForm?.(fitColumns(request, indices), initial);
}

function fitColumns(request: FitRequest, indices?: Int32Array): FitColumns {
  const { data, completions = [data], options } = request;
  const chosen = (of: (data: FitData) => Rows): Numbers => joined(completions.map((one) => picked(of(one), indices)));
  const isWeighted = options.balance === "parents" || data.weights !== undefined || completions.length > 1;
  return {
    value: chosen(({ value }) => value),
    parents: Object.fromEntries(
      Object.keys(data.parents).map((name) => [name, chosen(({ parents }) => parents[name]!)]),
    ),
    ...(isWeighted ? { weights: weightsOf(request, indices) } : {}),
  };
}

function weightsOf({ data, completions = [data], options }: FitRequest, indices?: Int32Array): Float64Array {
  const rows = indices ?? Int32Array.from({ length: data.value.rows }, (_, row) => row);
  const weights = new Float64Array(rows.length * completions.length).fill(1 / completions.length);
  const sampling = chosenWeights(data, rows).weights;
  if (sampling) {
    const mean = sampling.reduce((sum, weight) => sum + weight, 0) / sampling.length;
    for (let k = 0; k < weights.length; k++) weights[k]! *= sampling[k % rows.length]! / mean;
  }
  if (options.balance === "parents")
    for (const [k, { parents }] of completions.entries())
      for (const [row, weight] of balancedWeights(Object.values(parents), rows).entries())
        weights[k * rows.length + row]! *= weight;
  return weights;
}

function picked(all: Rows, indices: Int32Array | undefined): Numbers {
  const numbers = numbersOf(all);
  if (!indices) return numbers;
  const { size } = all;
  const chosen = new Float64Array(indices.length * size);
  for (const [place, row] of indices.entries())
    for (let k = 0; k < size; k++) chosen[place * size + k] = numbers[row * size + k]!;
  return chosen;
}

function joined(parts: readonly Numbers[]): Numbers {
  if (parts.length === 1) return parts[0]!;
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const part of parts) {
    all.set(part, start);
    start += part.length;
  }
  return all;
}
