/** What a mechanism is built from, and the context its networks see: the parents' encodings side by side. */
import type { Domain, Options, OptionValue } from "../../../schema/types.js";
import type { Tensors } from "../../tensors/core/engine.js";
import * as tf from "../../tensors/core/tfjs.js";
import { type BoundVariable, encodedSizeOf, encodeForChildren } from "../bound/variables.js";

export interface MechanismContext {
  readonly variable: BoundVariable;
  readonly parents: readonly BoundVariable[];
  readonly options: Options;
}

export function contextSize(parents: readonly BoundVariable[]): number {
  return parents.reduce((size, parent) => size + encodedSizeOf(parent.domain), 0);
}

/** The size of an image as networks take it; null for a vector, and for an image that is not bound. */
export function imageOf(
  domain: Domain,
): { readonly height: number; readonly width: number; readonly channels: number } | null {
  if (domain.kind !== "image" || domain.height === null || domain.width === null) return null;
  return { height: domain.height, width: domain.width, channels: domain.channels };
}

/** `[batch, contextSize]`, or null for a root. */
export function encodeParents(parents: readonly BoundVariable[], values: Tensors): tf.Tensor | null {
  if (parents.length === 0) return null;
  const encoded = parents.map((parent) => encodeForChildren(parent, values[parent.name]!));
  return encoded.length === 1 ? encoded[0]! : tf.concat(encoded, 1);
}

/** Repeats each row `times` times, units outermost: `[batch, n]` → `[batch * times, n]`. */
export function repeatRows(rows: tf.Tensor, times: number): tf.Tensor {
  if (times === 1) return rows;
  const [batch, size] = rows.shape as [number, number];
  return tf.reshape(tf.tile(tf.reshape(rows, [batch, 1, size]), [1, times, 1]), [batch * times, size]);
}

/** Mean over particles, units outermost: `[batch * particles, n]` → `[batch, n]`. */
export function meanOverParticles(rows: tf.Tensor, particles: number): tf.Tensor {
  if (particles === 1) return rows;
  const [count, size] = rows.shape as [number, number];
  return tf.mean(tf.reshape(rows, [count / particles, particles, size]), 1);
}

/** An option that is a list of layer widths. */
export function widthsOf(option: OptionValue | undefined): number[] {
  const list = Array.isArray(option) ? option : option === undefined ? [] : [option];
  return list.map(Number);
}
