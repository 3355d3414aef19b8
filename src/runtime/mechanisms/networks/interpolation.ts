/**
 * The last layer of a network that gives wanted values at a few inputs: of all weights that do, those of the least
 * norm. Features and weights are computed in double precision and the weights rounded to single; where that spoils the
 * values, there is no answer.
 */
import type { HostTensors } from "../../tensors/core/engine.js";
import { tensorOf } from "../contract/closed-form.js";

/** Features of an input are usable where the others leave this much of them. */
const smallestRest = 1e-4;
const largestError = 1e-4;

/**
 * Wanted at `contexts` beside what the skip connection gives: `[contexts][outputs]`; undefined where the features are
 * too much alike.
 */
export function interpolatedLayer(
  drawn: HostTensors,
  layers: number,
  contexts: readonly Float64Array[],
  wanted: readonly Float64Array[],
): HostTensors | undefined {
  const biases = spreadBiases(drawn, layers);
  const parameters = { ...drawn, ...biases };
  const features = contexts.map((context) => hiddenOf(parameters, layers, context));
  const width = features[0]!.length;
  const outputs = wanted[0]!.length;
  const basis: { readonly direction: Float64Array; readonly values: Float64Array }[] = [];
  for (const [k, feature] of features.entries()) {
    const rest = Float64Array.from(feature);
    const values = Float64Array.from(wanted[k]!);
    for (let pass = 0; pass < 2; pass++)
      for (const one of basis) {
        const share = dot(one.direction, rest);
        for (let j = 0; j < width; j++) rest[j]! -= share * one.direction[j]!;
        for (let j = 0; j < outputs; j++) values[j]! -= share * one.values[j]!;
      }
    const norm = Math.sqrt(dot(rest, rest));
    if (norm < smallestRest * Math.sqrt(dot(feature, feature))) return undefined;
    basis.push({ direction: rest.map((value) => value / norm), values: values.map((value) => value / norm) });
  }
  const weight = new Float32Array(width * outputs);
  for (let i = 0; i < width; i++)
    for (let j = 0; j < outputs; j++)
      weight[i * outputs + j] = basis.reduce((sum, one) => sum + one.direction[i]! * one.values[j]!, 0);
  for (const [k, feature] of features.entries())
    for (let j = 0; j < outputs; j++) {
      const given = feature.reduce((sum, value, i) => sum + value * weight[i * outputs + j]!, 0);
      const size = feature.reduce((sum, value, i) => sum + Math.abs(value * weight[i * outputs + j]!), 0);
      if (Math.abs(given - wanted[k]![j]!) + 2 ** -22 * size > largestError) return undefined;
    }
  return { ...biases, "output.weight": tensorOf([width, outputs], weight) };
}

/** Biases start at 0, where the features of opposite inputs are opposite; these are spread evenly. */
function spreadBiases(drawn: HostTensors, layers: number): HostTensors {
  return Object.fromEntries(
    Array.from({ length: layers }, (_, layer) => {
      const name = `conditioner.${layer}.bias`;
      const { shape, data } = drawn[name]!;
      const spread = Array.from(data, (_value, k) => (2 * (k + 0.5)) / data.length - 1);
      return [name, tensorOf(shape, spread)];
    }),
  );
}

function hiddenOf(parameters: HostTensors, layers: number, context: Float64Array): Float64Array {
  let hidden = context;
  for (let layer = 0; layer < layers; layer++) {
    const weight = parameters[`conditioner.${layer}.weight`]!;
    const bias = parameters[`conditioner.${layer}.bias`]!.data;
    const width = weight.shape[1]!;
    hidden = Float64Array.from({ length: width }, (_, j) =>
      Math.tanh(hidden.reduce((sum, value, i) => sum + value * weight.data[i * width + j]!, bias[j]!)),
    );
  }
  return hidden;
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, k) => sum + value * b[k]!, 0);
}
