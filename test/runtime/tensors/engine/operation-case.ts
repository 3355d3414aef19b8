/**
 * One case of the conformance suite: an operation on operands of some shapes, in a range of values in which it is
 * smooth where it is to be differentiated.
 */
import type * as tf from "../../../../src/runtime/tensors/core/tfjs.js";

export interface OperationCase {
  readonly name: string;
  /** Shapes of the operands a, b, c, d. */
  readonly shapes: readonly (readonly number[])[];
  readonly compute: (...operands: tf.Tensor[]) => tf.Tensor | readonly tf.Tensor[];
  /** Uniform values; integers where `integer`. */
  readonly low: number;
  readonly high: number;
  readonly integer: boolean;
  /** Compare gradients of the first output as well. */
  readonly differentiable: boolean;
}

export type Compute = OperationCase["compute"];
export type Options = Partial<Pick<OperationCase, "low" | "high" | "integer" | "differentiable">>;

export function make(
  name: string,
  shapes: readonly (readonly number[])[],
  compute: Compute,
  options: Options = {},
): OperationCase {
  const title = `${name} of ${shapes.map((shape) => `[${shape}]`).join(", ")}`;
  return { low: -2, high: 2, integer: false, differentiable: true, ...options, name: title, shapes, compute };
}

export const flat = { differentiable: false } as const;
export const positive = { low: 0.2, high: 3 } as const;
export const inside = { low: -0.9, high: 0.9 } as const;
export const integers = { integer: true, differentiable: false, low: -5, high: 6 } as const;
