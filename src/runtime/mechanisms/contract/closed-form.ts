/**
 * The fit of a mechanism without a gradient step of a training program: least squares, Newton's method, counts. It
 * reads the values in double precision, uses every row, and gives the same numbers for every seed.
 */
import type { HostTensors } from "../../tensors/core/engine.js";

/** Values in each variable's own unit, row-major `[rows, size]`, classes as codes. */
export type Numbers = Float64Array | Float32Array | Uint8Array;

export interface FitColumns {
  readonly value: Numbers;
  readonly parents: Readonly<Record<string, Numbers>>;
  /** Of the rows; 1 each where left out. */
  readonly weights?: Float64Array;
}

/** What a fit has to say about itself; kept in the artefact. */
export interface FitWarning {
  readonly code: "7032" | "7033" | "7034" | "7035" | "7036" | "7037" | "7038" | "7039";
  readonly variable: string;
  readonly message: string;
  readonly hint: string;
}

export type ClosedMethod = "least squares" | "newton" | "counts";

export interface ClosedFit {
  /**
   * Whether these parameters maximise the likelihood of the rows. Otherwise they are where gradient training starts,
   * over the parameters that were drawn.
   */
  readonly isMaximum: boolean;
  readonly method: ClosedMethod;
  /** By the mechanism's own names, in its own units. */
  readonly parameters: HostTensors;
  /** Steps of Newton's method; 0 where the maximum has a formula. */
  readonly steps: number;
  /** Mean of -log p(value | parents) over the rows, in nats per unit of the variable. */
  readonly loss: number;
  readonly warnings: readonly FitWarning[];
}

/**
 * Undefined where the fit would be too large for dense matrices: see `largestWork`. `initial` are the parameters as
 * drawn.
 */
export type ClosedForm = (columns: FitColumns, initial: HostTensors) => ClosedFit | undefined;

/** Multiplications in one pass over the rows; beyond, gradient training is the faster way. */
export const largestWork = 2e9;

export function tensorOf(shape: readonly number[], values: ArrayLike<number>): HostTensors[string] {
  return { shape: [...shape], dtype: "float32", data: Float32Array.from(values) };
}
