/** The parts that expressions are made of: functions, distributions of noise, image operators and recorded items. */
import type { Noise } from "../schema/types.js";
import { type FunctionName, functions as table } from "./functions.js";

export type { FunctionName } from "./functions.js";
export type DistributionName = Noise["distribution"];

export interface FunctionSpec {
  /** The function's name in the model. */
  readonly name: FunctionName;
  readonly minimum: number;
  readonly maximum: number;
  /** The call as messages show it: `clip(value, low, high)`. */
  readonly signature: string;
}

/** The functions that programs call by name. The model has more, which come from operators and inverses. */
export const functions: ReadonlyMap<string, FunctionSpec> = new Map(
  Object.entries(table).flatMap(([name, { call }]) =>
    call === undefined ? [] : [[name, { name: name as FunctionName, ...call }] as const],
  ),
);

/** Bounds of a distribution's parameter. */
export interface ParameterSpec {
  readonly name: string;
  readonly above?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

export interface DistributionSpec {
  readonly parameters: readonly ParameterSpec[];
  /** `categorical(p…)` takes the last parameter any number of times. */
  readonly variadic?: true;
  readonly discrete?: true;
  /**
   * True for a noise that a threshold can cut, because tensors have its distribution function and the inverse
   * (`logistic-scale.ts`).
   */
  readonly thresholds?: true;
  /** The open interval that the draws fall into, given the parameters; discrete draws reach its ends. */
  readonly support: (parameters: readonly number[]) => readonly [low: number, high: number];
}

const line = (): readonly [number, number] => [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
const halfLine = (): readonly [number, number] => [0, Number.POSITIVE_INFINITY];
const located = {
  parameters: [{ name: "loc" }, { name: "scale", above: 0 }],
  thresholds: true,
  support: line,
} as const;

export const distributions: Readonly<Record<Exclude<DistributionName, "mnist">, DistributionSpec>> = {
  normal: { parameters: [{ name: "mean" }, { name: "sd", above: 0 }], thresholds: true, support: line },
  uniform: {
    parameters: [{ name: "low" }, { name: "high" }],
    thresholds: true,
    support: ([low, high]) => [low!, high!],
  },
  gamma: {
    parameters: [
      { name: "shape", above: 0 },
      { name: "rate", above: 0 },
    ],
    support: halfLine,
  },
  exponential: { parameters: [{ name: "rate", above: 0 }], thresholds: true, support: halfLine },
  beta: {
    parameters: [
      { name: "a", above: 0 },
      { name: "b", above: 0 },
    ],
    support: () => [0, 1],
  },
  laplace: located,
  logistic: located,
  gumbel: located,
  student_t: { parameters: [{ name: "df", above: 0 }, { name: "loc" }, { name: "scale", above: 0 }], support: line },
  lognormal: { parameters: [{ name: "mean" }, { name: "sd", above: 0 }], thresholds: true, support: halfLine },
  bernoulli: { parameters: [{ name: "p", minimum: 0, maximum: 1 }], discrete: true, support: () => [0, 1] },
  categorical: {
    parameters: [
      { name: "p", minimum: 0, maximum: 1 },
      { name: "p", minimum: 0, maximum: 1 },
    ],
    variadic: true,
    discrete: true,
    support: (parameters) => [0, parameters.length - 1],
  },
};

/** Sources of recorded items, used as noise by image operators: each item once, in file order. */
export const recordings = {
  mnist: { splits: ["train", "test"], defaultSplit: "train", height: 28, width: 28, channels: 1 },
} as const;

/** Image operators: an image, then numbers. */
export const operators: Readonly<
  Record<string, { readonly arguments: readonly string[]; readonly modes: readonly string[] }>
> = {
  set_thickness: { arguments: ["thickness"], modes: ["fast", "exact"] },
  set_intensity: { arguments: ["intensity"], modes: ["fast", "exact"] },
};
