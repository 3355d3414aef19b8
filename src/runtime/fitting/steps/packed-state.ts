/**
 * The small parameters of a mechanism side by side in one vector, while it is trained: the optimiser then updates that
 * vector instead of each of them, and the program of a scalar flow has half the operations. Outside of the program,
 * parameters keep their names.
 */

import type { Mechanism } from "../../mechanisms/contract/mechanism.js";
import type { HostData, HostTensor, HostTensors, TensorSpec, Tensors } from "../../tensors/core/engine.js";
import { sizeOfShape } from "../../tensors/core/host-tensors.js";
import * as tf from "../../tensors/core/tfjs.js";

/** A larger tensor gains nothing: one more copy of it costs as much as the operations that are saved. */
const largestPacked = 8192;
/** No name of a parameter. */
const packedName = "*";

export interface Packing {
  /** The tensors that the program carries. */
  readonly specs: Readonly<Record<string, TensorSpec>>;
  pack(named: Tensors): Tensors;
  unpack(carried: Tensors): Tensors;
  packHost(named: HostTensors): Record<string, HostData>;
  unpackHost(carried: HostTensors): HostTensors;
}

/** Of a mechanism with several groups of parameters, which are updated one after the other, nothing is packed. */
export function packingOf(
  { parameters, groups, finetune }: Pick<Mechanism, "parameters" | "groups" | "finetune">,
  names: readonly string[] = Object.keys(parameters),
): Packing {
  const all = names.map((name) => ({ name, ...sized(parameters[name]!.shape) }));
  const small = groups || finetune ? [] : all.filter(({ size }) => size <= largestPacked);
  const packed = small.length > 1 ? small : [];
  const alone = all.filter((parameter) => !packed.includes(parameter));
  const total = packed.reduce((sum, { size }) => sum + size, 0);
  const entries = (of: (name: string, shape: readonly number[]) => unknown) =>
    alone.map(({ name, shape }) => [name, of(name, shape)] as const);
  const specs: Record<string, TensorSpec> = {};
  for (const { name, shape } of alone) specs[name] = { shape, dtype: "float32" };
  if (total > 0) specs[packedName] = { shape: [total], dtype: "float32" };

  return {
    specs,
    pack(named) {
      const carried = Object.fromEntries(entries((name) => named[name]!)) as Record<string, tf.Tensor>;
      if (total > 0) carried[packedName] = tf.concat(packed.map(({ name }) => tf.reshape(named[name]!, [-1])));
      return carried;
    },
    unpack(carried) {
      const named = Object.fromEntries(entries((name) => carried[name]!)) as Record<string, tf.Tensor>;
      let start = 0;
      for (const { name, shape, size } of packed) {
        named[name] = tf.reshape(tf.slice(carried[packedName]!, [start], [size]), [...shape]);
        start += size;
      }
      return named;
    },
    packHost(named) {
      const carried = Object.fromEntries(entries((name) => named[name]!.data)) as Record<string, HostData>;
      if (total > 0) carried[packedName] = Float32Array.from(packed.flatMap(({ name }) => [...named[name]!.data]));
      return carried;
    },
    unpackHost(carried) {
      const named: Record<string, HostTensor> = {};
      let start = 0;
      for (const { name, shape, size } of all) {
        if (alone.some((parameter) => parameter.name === name)) {
          named[name] = carried[name]!;
          continue;
        }
        named[name] = { shape, dtype: "float32", data: carried[packedName]!.data.slice(start, start + size) };
        start += size;
      }
      return named;
    },
  };
}

function sized(shape: readonly number[]): { readonly shape: readonly number[]; readonly size: number } {
  return { shape, size: sizeOfShape(shape) };
}
