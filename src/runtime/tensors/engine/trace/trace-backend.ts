/**
 * The tfjs-core backend "scmc-trace". Its kernels record nodes instead of computing; its storage maps a tensor's data
 * to a node. Reading a tensor's data works only where the value is known while tracing. Procedures are synchronous, so
 * the backend is current only during `withBackend` and traces never interleave.
 */
import { failure } from "../../../../diagnostics/diagnostic.js";
import * as tf from "../../core/tfjs.js";
import { type ConstantData, type DataType, type Node, sizeOf } from "../graph/node.js";
import { makeNode } from "../operations/index.js";
import { emptyData } from "../operations/operation.js";
import { storedConstant } from "../operations/stored-constant.js";
import { foldConstant } from "../simplify/fold.js";

export const traceBackendName = "scmc-trace";

/** What tfjs-core calls a kernel's result: the data's identity, its shape and type. */
export type TensorInfo = tf.TensorInfo;

export function dataType(dtype: string): DataType {
  if (dtype === "float32" || dtype === "int32" || dtype === "bool") return dtype;
  throw new Error(`tensors of type ${dtype} are not traced`);
}

function typedArray(values: tf.BackendValues, dtype: DataType, size: number): ConstantData {
  const data = emptyData(dtype, size);
  data.set(values as ArrayLike<number>);
  return data;
}

export class TraceBackend extends tf.KernelBackend {
  readonly #nodes = new WeakMap<object, Node>();
  /** The procedure being traced, for messages. */
  procedure = "";

  /** A tensor whose value is the node's. */
  infoOf(node: Node): TensorInfo {
    const dataId = {};
    this.#nodes.set(dataId, node);
    if (node.dtype === "uint8") throw new Error("a uint8 value is cast before it becomes a tensor");
    return { dataId, shape: [...node.shape], dtype: node.dtype };
  }

  /** The node of a tensor; a tensor made outside the procedure, on another backend, is a constant. */
  nodeOf(info: TensorInfo): Node {
    const node = this.#nodes.get(info.dataId);
    if (node === undefined) return this.#adopt(info);
    return node.shape.length === info.shape.length && node.shape.every((length, axis) => length === info.shape[axis])
      ? node
      : makeNode("Reshape", [node], { shape: [...info.shape] });
  }

  #adopt(info: TensorInfo): Node {
    const dtype = dataType(info.dtype);
    const values = tf.findBackend("cpu").readSync(info.dataId);
    const node = storedConstant(typedArray(values, dtype, sizeOf(info.shape)), [...info.shape], dtype);
    this.#nodes.set(info.dataId, node);
    return node;
  }

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): object {
    const type = dataType(dtype);
    const data = values === null ? emptyData(type, sizeOf(shape)) : typedArray(values, type, sizeOf(shape));
    const dataId = {};
    this.#nodes.set(dataId, storedConstant(data, [...shape], type));
    return dataId;
  }

  override move(dataId: object, values: tf.BackendValues, shape: number[], dtype: tf.DataType): void {
    const type = dataType(dtype);
    this.#nodes.set(dataId, storedConstant(typedArray(values, type, sizeOf(shape)), [...shape], type));
  }

  override readSync(dataId: object): tf.BackendValues {
    const node = this.#nodes.get(dataId);
    const constant = node === undefined ? undefined : foldConstant(node);
    if (constant !== undefined) return constant;
    throw failure(
      "7003",
      this.procedure,
      "the procedure reads the value of a tensor, which is not known until the program runs",
      "compute with tensor operations (tf.where instead of if), or pass the value in when the program is built",
    );
  }

  override async read(dataId: object): Promise<tf.BackendValues> {
    return this.readSync(dataId);
  }

  override disposeData(): boolean {
    return true;
  }
  override refCount(): number {
    return 1;
  }
  override incRef(): void {}
  override numDataIds(): number {
    return 0;
  }
  override memory() {
    return { unreliable: false };
  }
  override floatPrecision(): 16 | 32 {
    return 32;
  }
  override epsilon(): number {
    return 1e-7;
  }
  override dispose(): void {}
}
