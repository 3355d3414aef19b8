/**
 * What the op table says of an operation: its shape rule, how it is folded when every operand is known (optional), how
 * it is written in ONNX, and how far its values may lie from the reference engine's. Lowering talks to an `Emitter`,
 * which the writer of a graph or of a loop's body implements.
 */
import type { ConstantData, DataType, NodeOf, OperationName, Parameters, Shape } from "../graph/node.js";

export interface Signature {
  readonly dtype: DataType;
  readonly shape: Shape;
}

export type Attribute =
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "ints"; readonly value: readonly number[] }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "floats"; readonly value: readonly number[] }
  | { readonly kind: "text"; readonly value: string };

export const int = (value: number): Attribute => ({ kind: "int", value });
export const ints = (value: readonly number[]): Attribute => ({ kind: "ints", value });
export const float = (value: number): Attribute => ({ kind: "float", value });
export const floats = (value: readonly number[]): Attribute => ({ kind: "floats", value });
export const text = (value: string): Attribute => ({ kind: "text", value });

export type OnnxType = DataType | "int64" | "double";

export interface Emitter {
  /** Adds a node and returns the name of its value; of `count` outputs, the one at `output`. */
  emit(
    type: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, Attribute>>,
    output?: number,
    count?: number,
  ): string;
  /** An initializer, shared between equal ones. */
  constant(dtype: DataType, shape: Shape, data: ConstantData): string;
  /** A vector (or, with `scalar`, one number) of 64-bit integers, as ONNX wants shapes and axes. */
  integers(values: readonly number[], scalar?: boolean): string;
  cast(value: string, to: OnnxType): string;
  /** The value made under this key before, or now. */
  share(key: string, make: () => string): string;
  /**
   * Channels of a block in onnxruntime's own convolutions, whose operands are ordered by blocks of channels; undefined
   * where the program has to keep to standard operations.
   */
  readonly block: number | undefined;
}

/** Largest |difference| / max(1, |reference|) allowed in the conformance suite. */
export type Tolerance = number;

export interface Operation<K extends OperationName> {
  readonly tolerance: Tolerance;
  shape(operands: readonly Signature[], parameters: Parameters[K]): Signature;
  evaluate?(node: NodeOf<K>, operands: readonly ConstantData[]): ConstantData;
  lower(node: NodeOf<K>, operands: readonly string[], emitter: Emitter): string;
}

export type OperationTable<K extends OperationName> = { readonly [Name in K]: Operation<Name> };

export const exact: Tolerance = 0;
export const rounded: Tolerance = 1e-5;
/** Sums and products of many terms, whose order differs between engines. */
export const accumulated: Tolerance = 1e-4;

export function emptyData(dtype: DataType, size: number): ConstantData {
  switch (dtype) {
    case "float32":
      return new Float32Array(size);
    case "int32":
      return new Int32Array(size);
    case "uint8":
    case "bool":
      return new Uint8Array(size);
  }
}

export function scalarConstant(emitter: Emitter, dtype: DataType, value: number): string {
  const data = emptyData(dtype, 1);
  data[0] = value;
  return emitter.constant(dtype, [], data);
}

/** Lowers to one ONNX node without attributes. */
export function plain(type: string): (node: unknown, operands: readonly string[], emitter: Emitter) => string {
  return (_, operands, emitter) => emitter.emit(type, operands);
}
