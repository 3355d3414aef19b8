/**
 * What every noise distribution offers. Parameters are constants of the program, in the order that the language writes
 * them. Sampling and moments are in double precision; `logDensity` is made of tensor ops, so that it runs inside
 * procedures.
 */
import type { Noise } from "../../../schema/types.js";
import type { Tensor } from "../../tensors/core/tfjs.js";
import type { RandomKey } from "../../tensors/random/index.js";

/** `mnist` is no distribution of numbers: its items are images. */
export type DistributionName = Exclude<Noise["distribution"], "mnist">;

/**
 * What the density is at an end of an interval. `open`: it tends to 0 there, or the end is infinite, and the
 * log-density is -Infinity. `closed`: it is finite and positive, so that the end is a value like any other. `pole`: it
 * grows without bound, and the log-density is +Infinity.
 */
export type End = "open" | "closed" | "pole";

/** Integers run from low to high, both included. */
export type Support = IntervalSupport | { readonly kind: "integers"; readonly low: number; readonly high: number };

export interface IntervalSupport {
  readonly kind: "interval";
  readonly low: number;
  readonly high: number;
  readonly lowEnd: End;
  readonly highEnd: End;
}

/** The end at which a density is in proportion to (distance)^exponent. */
export const endOfPower = (exponent: number): End => (exponent > 0 ? "open" : exponent === 0 ? "closed" : "pole");

/** Every real number. */
export const realLine: IntervalSupport = {
  kind: "interval",
  low: Number.NEGATIVE_INFINITY,
  high: Number.POSITIVE_INFINITY,
  lowEnd: "open",
  highEnd: "open",
};

/** The numbers from 0 on. */
export const fromZero = (lowEnd: End): IntervalSupport => ({ ...realLine, low: 0, lowEnd });

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
   * support, at an open end and at NaN it is -Infinity, at a pole +Infinity, both with gradient 0; elsewhere value and
   * gradient are finite.
   */
  readonly logDensity: (value: Tensor, parameters: readonly number[]) => Tensor;
}
