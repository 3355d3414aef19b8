/**
 * What abducted noises say about a fitted model. If the model is right, the noises recovered from data have the
 * distributions that the model gives them, are independent of the parents of their variable, and of each other. The
 * first is tested by Kolmogorov-Smirnov on F(noise), the others by rank correlations of F(noise), and of its distance
 * from the middle, which sees a spread that depends on a parent.
 */

import { mechanismsByName } from "../../../model/plans/plan.js";
import type { DrawSpec } from "../../mechanisms/contract/mechanism.js";
import { distributions } from "../../mechanisms/distributions/index.js";
import type { LoadedModel } from "../../mechanisms/loaded-model.js";
import type { Rows } from "../../tensors/core/rows.js";
import {
  correlationTest,
  effectiveRows,
  standardRanks,
  type TestResult,
  uniformityTest,
  worstOf,
} from "./rank-statistics.js";

/** The draws of one noise, `[units, size]`. */
export interface AbductedNoise extends DrawSpec {
  readonly variable: string;
  readonly noise: string;
  readonly values: Float32Array;
}

export interface NoiseCheck {
  readonly variable: string;
  readonly noise: string;
  readonly size: number;
  readonly distribution: string;
  /** Of the worst element; null for a discrete noise, to which the test does not apply. */
  readonly uniform: TestResult | null;
  /** Of the most dependent element, by parent of one number. */
  readonly parents: readonly (TestResult & { readonly parent: string })[];
  /** Of the most dependent pair of elements with another variable's noise. */
  readonly others: readonly (TestResult & { readonly other: string })[];
}

/** Of an image's pixels, pairs with everything else are too many to say anything. */
const mostElementsInPairs = 64;

interface Ranked {
  readonly draw: AbductedNoise;
  /** For each element: ranks of F(noise), and of |F(noise) - 1/2|. */
  readonly elements: readonly (readonly [position: Float64Array, spread: Float64Array])[];
  readonly uniform: TestResult | null;
}

export function checkNoises(
  loaded: LoadedModel,
  noises: readonly AbductedNoise[],
  observed: ReadonlyMap<string, Rows>,
  weights?: Float64Array,
): NoiseCheck[] {
  const ranked = noises.map((draw) => rank(draw, weights));
  return ranked.map(({ draw, elements, uniform }) => {
    const { parents } = mechanismsByName(loaded.model).get(draw.variable)!;
    const scalars = parents.filter((parent) => observed.get(parent)!.size === 1);
    const pairs = elements.length > mostElementsInPairs ? [] : ranked;
    return {
      variable: draw.variable,
      noise: draw.noise,
      size: draw.size,
      distribution: draw.distribution,
      uniform,
      parents: scalars.map((parent) => {
        const { rows, data } = observed.get(parent)!;
        const ranks = standardRanks(data, weights);
        const size = effectiveRows(rows, weights);
        return {
          parent,
          ...worstOf(elements.flatMap((both) => both.map((element) => correlationTest(element, ranks, size)))),
        };
      }),
      others: pairs
        .filter((other) => other.draw.variable !== draw.variable && other.elements.length <= mostElementsInPairs)
        .map((other) => ({
          other: `${other.draw.variable}.${other.draw.noise}`,
          ...dependence(elements, other.elements, weights),
        })),
    };
  });
}

function rank(draw: AbductedNoise, weights: Float64Array | undefined): Ranked {
  const { size, values } = draw;
  const units = values.length / size;
  const { cdf } = distributions[draw.distribution];
  const isDiscrete = draw.distribution === "bernoulli" || draw.distribution === "categorical";
  const columns = Array.from({ length: size }, (_, element) =>
    Float64Array.from({ length: units }, (_, unit) => cdf(values[unit * size + element]!, draw.parameters)),
  );
  return {
    draw,
    elements: columns.map((column) => [
      standardRanks(column, weights),
      standardRanks(
        column.map((u) => Math.abs(u - 0.5)),
        weights,
      ),
    ]),
    uniform: isDiscrete ? null : worstOf(columns.map((column) => uniformityTest(column, weights))),
  };
}

function dependence(a: Ranked["elements"], b: Ranked["elements"], weights: Float64Array | undefined): TestResult {
  const test = (left: Float64Array, right: Float64Array) =>
    correlationTest(left, right, effectiveRows(left.length, weights));
  return worstOf(a.flatMap((one) => b.flatMap((two) => one.flatMap((left) => two.map((right) => test(left, right))))));
}
