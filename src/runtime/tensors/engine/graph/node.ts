/**
 * The intermediate representation of a program: a graph of immutable nodes, each with one value of known type and
 * shape. Names follow ONNX where ONNX has the operation. A node refers to its operands directly; a graph is its inputs
 * in the order of the signature and its named outputs. `../operations` says what each operation does.
 */
export type DataType = "float32" | "int32" | "uint8" | "bool";
export type ConstantData = Float32Array | Int32Array | Uint8Array;
export type Shape = readonly number[];

/** Element-wise operations of one operand and no parameters. */
// biome-ignore format: a list of words
export const plainUnary = [
  "Abs", "Neg", "Sign", "Exp", "Log", "Expm1", "Log1p", "Sqrt", "Reciprocal", "Sigmoid", "Tanh", "Softplus", "Relu",
  "Erf", "Floor", "Ceil", "Round", "Sin", "Cos", "Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh", "Asinh", "Acosh", "Atanh",
  "IsNaN", "IsInf", "Not",
] as const;

/** Element-wise operations of two operands, broadcast against each other. */
// biome-ignore format: a list of words
export const plainBinary = [
  "Add", "Sub", "Mul", "Div", "FloorDiv", "Pow", "Max", "Min",
  "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "And", "Or",
] as const;

export type PlainUnary = (typeof plainUnary)[number];
export type PlainBinary = (typeof plainBinary)[number];

type None = Readonly<Record<never, never>>;
interface Axis {
  readonly axis: number;
}
interface Reduction {
  readonly axes: readonly number[];
  readonly keepDimensions: boolean;
}

type Pair = readonly [number, number];

/** Where a convolution's filter is laid on the input, per axis; `before` and `after` are rows and columns of zeros. */
export interface Window {
  readonly strides: Pair;
  readonly dilations: Pair;
  readonly before: Pair;
  readonly after: Pair;
}

interface Rectifier {
  /** What values below 0 are multiplied by: 1 leaves them, 0 is a relu. */
  readonly slope: number;
}

/** What distinguishes two nodes of one operation, apart from their operands. */
export interface Parameters extends Record<PlainUnary | PlainBinary, None> {
  /** A value given at run time. */
  Input: { readonly name: string; readonly dtype: DataType; readonly shape: Shape };
  /** A value known at build time. */
  Constant: { readonly data: ConstantData; readonly dtype: DataType; readonly shape: Shape };
  Cast: { readonly to: DataType };
  LeakyRelu: { readonly alpha: number };
  Elu: None;
  Clip: { readonly minimum: number; readonly maximum: number };
  /** condition, value where true, value where false. */
  Where: None;

  Reshape: { readonly shape: Shape };
  Transpose: { readonly permutation: readonly number[] };
  Expand: { readonly shape: Shape };
  Tile: { readonly repeats: readonly number[] };
  Concat: Axis;
  /** Element k of an axis is `starts + k · steps`, k < `sizes`. */
  Slice: { readonly starts: readonly number[]; readonly sizes: readonly number[]; readonly steps: readonly number[] };
  Pad: { readonly before: readonly number[]; readonly after: readonly number[]; readonly value: number };
  ReflectPad: { readonly before: readonly number[]; readonly after: readonly number[] };
  /** data, indices: the axis is replaced by the indices' axes. */
  Gather: Axis;
  /** data, indices [..., depth]: `depth` leading axes, after the batch axes, are indexed. */
  GatherND: { readonly batchDimensions: number };
  /** indices [n…, depth], updates: added up into zeros of `shape`. */
  ScatterAdd: { readonly shape: Shape };

  ReduceSum: Reduction;
  /** Of the squares. */
  ReduceSumSquare: Reduction;
  ReduceMean: Reduction;
  ReduceMax: Reduction;
  ReduceMin: Reduction;
  ReduceProd: Reduction;
  ArgMax: Axis;
  ArgMin: Axis;
  CumSum: { readonly axis: number; readonly exclusive: boolean; readonly reverse: boolean };
  Softmax: Axis;
  /** The k largest of the last axis, descending. */
  TopKValues: { readonly k: number };
  TopKIndices: { readonly k: number };

  /** `scale` times the product of the last two axes, leading axes broadcast; a third operand is a bias added to it. */
  MatMul: { readonly transposeA: boolean; readonly transposeB: boolean; readonly scale: number };
  Einsum: { readonly equation: string };
  /** x [n, h, w, in], filter [h, w, in, out] and perhaps a bias [out]; the result has a rectifier's slope below 0. */
  Convolution: Window & Rectifier;
  /**
   * The gradient of a convolution of that window with respect to its input of `shape`: dy [n, h, w, out], filter
   * [h, w, in, out] and perhaps a bias [in]; dilations are 1.
   */
  TransposedConvolution: Window & Rectifier & { readonly shape: Shape };
}

export type OperationName = keyof Parameters;

export interface NodeOf<K extends OperationName> {
  readonly op: K;
  readonly operands: readonly Node[];
  readonly parameters: Parameters[K];
  readonly dtype: DataType;
  readonly shape: Shape;
}

/** Discriminated by `op`. */
export type Node = { [K in OperationName]: NodeOf<K> }[OperationName];

export interface Graph {
  readonly name: string;
  readonly inputs: readonly NodeOf<"Input">[];
  readonly outputs: Readonly<Record<string, Node>>;
}

export function sizeOf(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** Every node that the roots need, operands first; without recursion, since unrolled programs are deep. */
export function topologicalOrder(roots: readonly Node[]): Node[] {
  const order: Node[] = [];
  const done = new Set<Node>();
  const stack: { readonly node: Node; next: number }[] = [];
  for (const root of roots) {
    if (!done.has(root)) stack.push({ node: root, next: 0 });
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const operand = top.node.operands[top.next];
      if (operand === undefined) {
        stack.pop();
        if (!done.has(top.node)) {
          done.add(top.node);
          order.push(top.node);
        }
      } else {
        top.next += 1;
        if (!done.has(operand)) stack.push({ node: operand, next: 0 });
      }
    }
  }
  return order;
}
