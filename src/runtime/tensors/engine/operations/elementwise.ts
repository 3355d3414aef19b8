/**
 * Element-wise operations. Operands broadcast; comparisons and logic yield bool. Folding computes in double precision
 * and rounds once. Log1p and Expm1, which ONNX lacks, pass through double precision: exact to float32 for |x| > 1e-9,
 * and to 1e-16 absolute below.
 */
import {
  type ConstantData,
  type DataType,
  type Node,
  type NodeOf,
  type PlainBinary,
  type PlainUnary,
  sizeOf,
} from "../graph/node.js";
import { broadcastShapes, broadcastStrides, stridedOffsets } from "../graph/shapes.js";
import {
  type Emitter,
  emptyData,
  exact,
  float,
  type Operation,
  type OperationTable,
  plain,
  rounded,
  scalarConstant,
  type Tolerance,
} from "./operation.js";

type OtherElementwise = "Cast" | "LeakyRelu" | "Elu" | "Clip" | "Where";
export type Elementwise = PlainUnary | PlainBinary | OtherElementwise;

function mapped(
  node: Pick<Node, "dtype" | "shape" | "operands">,
  operands: readonly ConstantData[],
  f: (...values: number[]) => number,
): ConstantData {
  const result = emptyData(node.dtype, sizeOf(node.shape));
  const reads = node.operands.map((operand) => stridedOffsets(node.shape, broadcastStrides(operand.shape, node.shape)));
  for (let i = 0; i < result.length; i++) result[i] = f(...operands.map((data, k) => data[reads[k]![i]!]!));
  return result;
}

function unary<K extends PlainUnary>(
  f?: (x: number) => number,
  options: { tolerance?: Tolerance; dtype?: DataType; lower?: Operation<K>["lower"]; onnx?: string } = {},
): (name: K) => Operation<K> {
  return (name) => ({
    tolerance: options.tolerance ?? rounded,
    shape: ([x]) => ({ dtype: options.dtype ?? x!.dtype, shape: x!.shape }),
    ...(f === undefined ? {} : { evaluate: (node, operands) => mapped(node, operands, f) }),
    lower: options.lower ?? plain(options.onnx ?? name),
  });
}

function throughDouble(emitter: Emitter, x: string, compute: (x: string, one: string) => string): string {
  const one = emitter.cast(scalarConstant(emitter, "float32", 1), "double");
  return emitter.cast(compute(emitter.cast(x, "double"), one), "float32");
}

const fewElements = 1024;

/**
 * max(x, 0) + log(1 + e), e = exp(−|x|), for many elements: onnxruntime's own is four times slower than these passes.
 * With u = 1 + e rounded, log(1 + e) = log u + (e − (u − 1)) / u keeps its relative precision where e is tiny.
 */
function lowerSoftplus(node: NodeOf<"Softplus">, [x]: readonly string[], emitter: Emitter): string {
  if (sizeOf(node.shape) < fewElements) return emitter.emit("Softplus", [x!]);
  const one = scalarConstant(emitter, "float32", 1);
  const small = emitter.emit("Exp", [emitter.emit("Neg", [emitter.emit("Abs", [x!])])]);
  const sum = emitter.emit("Add", [small, one]);
  const lost = emitter.emit("Sub", [small, emitter.emit("Sub", [sum, one])]);
  const log = emitter.emit("Add", [emitter.emit("Log", [sum]), emitter.emit("Div", [lost, sum])]);
  return emitter.emit("Add", [emitter.emit("Relu", [x!]), log]);
}

const unaryTable: { readonly [K in PlainUnary]: (name: K) => Operation<K> } = {
  Abs: unary(Math.abs, { tolerance: exact }),
  Neg: unary((x) => -x, { tolerance: exact }),
  Sign: unary(Math.sign, { tolerance: exact }),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Expm1: unary(Math.expm1, {
    lower: (_, [x], emitter) =>
      throughDouble(emitter, x!, (wide, one) => emitter.emit("Sub", [emitter.emit("Exp", [wide]), one])),
  }),
  Log1p: unary(Math.log1p, {
    lower: (_, [x], emitter) =>
      throughDouble(emitter, x!, (wide, one) => emitter.emit("Log", [emitter.emit("Add", [wide, one])])),
  }),
  Sqrt: unary(Math.sqrt),
  Reciprocal: unary((x) => 1 / x),
  Sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  Tanh: unary(Math.tanh),
  Softplus: unary((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), { lower: lowerSoftplus }),
  Relu: unary((x) => Math.max(x, 0), { tolerance: exact }),
  Erf: unary(),
  Floor: unary(Math.floor, { tolerance: exact }),
  Ceil: unary(Math.ceil, { tolerance: exact }),
  Round: unary(undefined, { tolerance: exact }),
  Sin: unary(Math.sin),
  Cos: unary(Math.cos),
  Tan: unary(Math.tan),
  Asin: unary(Math.asin),
  Acos: unary(Math.acos),
  Atan: unary(Math.atan),
  Sinh: unary(Math.sinh),
  Cosh: unary(Math.cosh),
  Asinh: unary(Math.asinh),
  Acosh: unary(Math.acosh),
  Atanh: unary(Math.atanh),
  IsNaN: unary((x) => Number(Number.isNaN(x)), { tolerance: exact, dtype: "bool" }),
  IsInf: unary((x) => Number(Math.abs(x) === Infinity), { tolerance: exact, dtype: "bool" }),
  Not: unary((x) => Number(x === 0), { tolerance: exact }),
};

interface BinaryOptions<K extends PlainBinary> {
  readonly tolerance?: Tolerance;
  readonly dtype?: DataType;
  readonly lower?: Operation<K>["lower"];
}

function binary<K extends PlainBinary>(
  f: (a: number, b: number) => number,
  options: BinaryOptions<K> = {},
): (name: K) => Operation<K> {
  return (name) => ({
    tolerance: options.tolerance ?? rounded,
    shape: ([a, b]) => {
      if (a!.dtype !== b!.dtype) throw new Error(`${name} of ${a!.dtype} and ${b!.dtype}`);
      return { dtype: options.dtype ?? a!.dtype, shape: broadcastShapes(a!.shape, b!.shape) };
    },
    evaluate: (node, operands) => mapped(node, operands, f as (...values: number[]) => number),
    lower: options.lower ?? plain(name),
  });
}

const comparison = { tolerance: exact, dtype: "bool" } as const;

/** ⌊a / b⌋; for integers through double precision, where the quotient of 32-bit integers rounds correctly. */
function lowerFloorDiv(node: NodeOf<"FloorDiv">, operands: readonly string[], emitter: Emitter): string {
  if (node.dtype === "float32") return emitter.emit("Floor", [emitter.emit("Div", operands)]);
  const wide = operands.map((operand) => emitter.cast(operand, "double"));
  return emitter.cast(emitter.emit("Floor", [emitter.emit("Div", wide)]), node.dtype);
}

const binaryTable: { readonly [K in PlainBinary]: (name: K) => Operation<K> } = {
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  Div: binary((a, b) => a / b),
  FloorDiv: binary((a, b) => Math.floor(a / b), { tolerance: exact, lower: lowerFloorDiv }),
  Pow: binary((a, b) => a ** b),
  Max: binary(Math.max, { tolerance: exact }),
  Min: binary(Math.min, { tolerance: exact }),
  Equal: binary((a, b) => Number(a === b), comparison),
  Greater: binary((a, b) => Number(a > b), comparison),
  GreaterOrEqual: binary((a, b) => Number(a >= b), comparison),
  Less: binary((a, b) => Number(a < b), comparison),
  LessOrEqual: binary((a, b) => Number(a <= b), comparison),
  And: binary((a, b) => Number(a !== 0 && b !== 0), comparison),
  Or: binary((a, b) => Number(a !== 0 || b !== 0), comparison),
};

/** onnxruntime selects numbers only, so a choice between booleans is written in logic. */
function lowerWhere(node: NodeOf<"Where">, operands: readonly string[], emitter: Emitter): string {
  if (node.dtype !== "bool") return emitter.emit("Where", operands);
  const [condition, yes, no] = operands as [string, string, string];
  const negated = emitter.emit("Not", [condition]);
  return emitter.emit("Or", [emitter.emit("And", [condition, yes]), emitter.emit("And", [negated, no])]);
}

const otherTable: OperationTable<OtherElementwise> = {
  Cast: {
    tolerance: exact,
    shape: ([x], { to }) => ({ dtype: to, shape: x!.shape }),
    evaluate: (node, operands) =>
      mapped(node, operands, (x) =>
        node.dtype === "bool" ? Number(x !== 0) : node.dtype === "float32" ? x : Math.trunc(x),
      ),
    lower: (node, [x], emitter) => emitter.cast(x!, node.parameters.to),
  },
  LeakyRelu: {
    tolerance: rounded,
    shape: ([x]) => x!,
    evaluate: (node, operands) => mapped(node, operands, (x) => (x < 0 ? x * node.parameters.alpha : x)),
    lower: (node, operands, emitter) => emitter.emit("LeakyRelu", operands, { alpha: float(node.parameters.alpha) }),
  },
  Elu: {
    tolerance: rounded,
    shape: ([x]) => x!,
    evaluate: (node, operands) => mapped(node, operands, (x) => (x < 0 ? Math.expm1(x) : x)),
    lower: plain("Elu"),
  },
  Clip: {
    tolerance: exact,
    shape: ([x]) => x!,
    evaluate: (node, operands) =>
      mapped(node, operands, (x) => Math.min(Math.max(x, node.parameters.minimum), node.parameters.maximum)),
    lower: ({ dtype, parameters: { minimum, maximum } }, [x], emitter) =>
      emitter.emit("Clip", [x!, scalarConstant(emitter, dtype, minimum), scalarConstant(emitter, dtype, maximum)]),
  },
  Where: {
    tolerance: exact,
    shape: ([condition, yes, no]) => {
      if (condition!.dtype !== "bool" || yes!.dtype !== no!.dtype) throw new Error("Where of mixed types");
      return {
        dtype: yes!.dtype,
        shape: broadcastShapes(condition!.shape, broadcastShapes(yes!.shape, no!.shape)),
      };
    },
    evaluate: (node, operands) => mapped(node, operands, (condition, yes, no) => (condition !== 0 ? yes! : no!)),
    lower: lowerWhere,
  },
};

function named<K extends PlainUnary | PlainBinary>(
  factories: { readonly [Name in K]: (name: Name) => Operation<Name> },
): OperationTable<K> {
  const entries = Object.entries(factories) as [K, (name: K) => Operation<K>][];
  return Object.fromEntries(entries.map(([name, factory]) => [name, factory(name)])) as unknown as OperationTable<K>;
}

export const elementwise: OperationTable<Elementwise> = { ...named(unaryTable), ...named(binaryTable), ...otherTable };

export function isElementwise(node: Node): node is NodeOf<Elementwise> & Node {
  return Object.hasOwn(elementwise, node.op);
}
