/**
 * What every noise distribution offers. Parameters are constants of the program, in the order that the language writes
 * them. Sampling and moments are in double precision; `logDensity` is made of tensor ops, so that it runs inside procedures.
 */
import type { Noise } from "../../model/schema-types.js";
import type { Tensor } from "../engine/tfjs.js";
import type { RandomKey } from "../random/index.js";

/** `mnist` is no distribution of numbers: its items are images. */
export type DistributionName = Exclude<Noise["distribution"], "mnist">;

/** Whether an end that is finite belongs to the support is told by `closed`; integers run from low to high, both included. */
export type Support =
  | { readonly kind: "interval"; readonly low: number; readonly high: number; readonly closed: boolean }
  | { readonly kind: "integers"; readonly low: number; readonly high: number };

export interface Distribution {
  /** The parameters' names, e.g. `["shape", "rate"]`; a last name that ends in `…` stands for any number of them. */
  readonly parameterNames: readonly string[];
  /** What is wrong with the parameters' number or values, in words; undefined where nothing is. */
  readonly problem: (parameters: readonly number[]) => string | undefined;
  readonly support: (parameters: readonly number[]) => Support;
  /** NaN where the integral does not exist. */
  readonly mean: (parameters: readonly number[]) => number;
  /** Infinity where the integral diverges, NaN where there is no mean to vary about. */
  readonly variance: (parameters: readonly number[]) => number;
  /** P(X ≤ value). */
  readonly cdf: (value: number, parameters: readonly number[]) => number;
  /** n independent draws: a pure function of key, n and parameters; a shorter sample is a prefix of a longer one. */
  readonly sample: (key: RandomKey, n: number, parameters: readonly number[]) => Float64Array;
  /**
   * Natural logarithm of the density, or of the mass on integers, elementwise and in the value's shape. Outside the
   * support, and at NaN, it is -Infinity with gradient 0; inside, value and gradient are finite.
   */
  readonly logDensity: (value: Tensor, parameters: readonly number[]) => Tensor;
}
