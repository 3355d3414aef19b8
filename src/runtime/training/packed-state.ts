/**
 * The small parameters of a mechanism side by side in one vector, while it is fitted: the optimiser then updates that vector instead of
 * each of them, and the program of a scalar flow has half the operations. Outside of the program, parameters keep their names.
 */
import type { HostData, HostTensor, HostTensors, TensorSpec, Tensors } from "../engine/engine.js";
import { sizeOfShape } from "../engine/host-tensors.js";
import * as tf from "../engine/tfjs.js";
import type { ParameterGroup, ParameterSpec } from "../mechanisms/mechanism.js";

/** A larger tensor gains nothing: one more copy of it costs as much as the operations that are saved. */
const largestPacked = 8192;
/** No name of a parameter. */
const packedName = "*";

type Parameters = Readonly<Record<string, ParameterSpec>>;

/** Which parameters are packed, in order; all others are carried by their names. */
export class Packing {
  readonly #packed: readonly { readonly name: string; readonly shape: readonly number[]; readonly size: number }[];
  /** The tensors that the program carries. */
  readonly specs: Readonly<Record<string, TensorSpec>>;

  constructor(parameters: Parameters, packed: readonly string[]) {
    this.#packed = packed.map((name) => {
      const { shape } = parameters[name]!;
      return { name, shape, size: sizeOfShape(shape) };
    });
    const specs: Record<string, TensorSpec> = {};
    for (const [name, { shape }] of Object.entries(parameters))
      if (!packed.includes(name)) specs[name] = { shape, dtype: "float32" };
    const length = this.#packed.reduce((sum, { size }) => sum + size, 0);
    if (length > 0) specs[packedName] = { shape: [length], dtype: "float32" };
    this.specs = specs;
  }

  pack(named: Tensors): Record<string, tf.Tensor> {
    const vector = () => tf.concat(this.#packed.map(({ name }) => tf.reshape(named[name]!, [-1])));
    return this.#carried(named, vector);
  }

  unpack(carried: Tensors): Record<string, tf.Tensor> {
    const vector = carried[packedName]!;
    return this.#named(carried, (start, { shape, size }) => tf.reshape(tf.slice(vector, [start], [size]), [...shape]));
  }

  packHost(named: HostTensors): HostTensors {
    const vector = (): HostTensor => {
      const data = Float32Array.from(this.#packed.flatMap(({ name }) => [...named[name]!.data]));
      return { ...this.specs[packedName]!, data };
    };
    return this.#carried(named, vector);
  }

  unpackHost(carried: HostTensors): HostTensors {
    const vector = carried[packedName]?.data as HostData;
    return this.#named(carried, (start, { shape, size }): HostTensor => {
      return { shape, dtype: "float32", data: vector.slice(start, start + size) };
    });
  }

  #carried<Value>(named: Readonly<Record<string, Value>>, vector: () => Value): Record<string, Value> {
    const packed = new Set(this.#packed.map(({ name }) => name));
    const carried = Object.fromEntries(Object.entries(named).filter(([name]) => !packed.has(name)));
    if (packed.size > 0) carried[packedName] = vector();
    return carried;
  }

  #named<Value>(
    carried: Readonly<Record<string, Value>>,
    part: (start: number, packed: { readonly shape: readonly number[]; readonly size: number }) => Value,
  ): Record<string, Value> {
    const named = Object.fromEntries(Object.entries(carried).filter(([name]) => name !== packedName));
    let start = 0;
    for (const packed of this.#packed) {
      named[packed.name] = part(start, packed);
      start += packed.size;
    }
    return named;
  }
}

/** Every parameter by its own name. */
export function unpacked(parameters: Parameters): Packing {
  return new Packing(parameters, []);
}

/** Packs where one update is of all parameters; groups that follow losses of their own are carried by name. */
export function packingOf(parameters: Parameters, groups: readonly ParameterGroup[]): Packing {
  const isWhole = groups.length === 1 && groups[0]!.parameters.length === Object.keys(parameters).length;
  const small = Object.keys(parameters).filter((name) => sizeOfShape(parameters[name]!.shape) <= largestPacked);
  return new Packing(parameters, isWhole && small.length > 1 ? small : []);
}
