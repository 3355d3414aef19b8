/**
 * Element-wise kernels of tfjs-core in terms of the op table. Those that ONNX has not are written out here, so that
 * simplification sees their parts.
 */
import type { Node, PlainBinary, PlainUnary } from "../graph/node.js";
import { cast, type Kernel, type Kernels, number, record } from "./kernel.js";
import { dataType } from "./trace-backend.js";

function unary(op: PlainUnary): Kernel {
  return ({ inputs: { x } }) => record(op, [x!], {});
}

/** Booleans multiply as `and` and add as `or`, as counting modulo 0 / not 0 does. */
const logicOf: Partial<Record<PlainBinary, PlainBinary>> = { Mul: "And", Min: "And", Add: "Or", Max: "Or" };

function binary(op: PlainBinary): Kernel {
  return ({ inputs: { a, b } }) => record(a!.dtype === "bool" ? (logicOf[op] ?? op) : op, [a!, b!], {});
}

function squared(x: Node): Node {
  return record("Mul", [x, x], {});
}

function step({ inputs, attributes }: Parameters<Kernel>[0]): Node {
  const x = inputs.x!;
  const alpha = (attributes.alpha as number | undefined) ?? 0;
  const above = record("Greater", [x, number(0, x)], {});
  return alpha === 0 ? cast(above, x.dtype) : record("Where", [above, number(1, x), number(alpha, x)], {});
}

/** dy where y ≥ 0, dy · (y + 1) below: the derivative in terms of the output. */
function eluGradient({ inputs }: Parameters<Kernel>[0]): Node {
  const { dy, y } = inputs as { dy: Node; y: Node };
  const below = record("Mul", [dy, record("Add", [y, number(1, y)], {})], {});
  return record("Where", [record("GreaterOrEqual", [y, number(0, y)], {}), dy, below], {});
}

const seluAlpha = 1.6732632423543772;
const seluScale = 1.0507009873554805;

function selu({ inputs }: Parameters<Kernel>[0]): Node {
  const negative = record("Mul", [record("Elu", [inputs.x!], {}), number(seluAlpha, inputs.x!)], {});
  const positive = record("Greater", [inputs.x!, number(0, inputs.x!)], {});
  return record("Mul", [record("Where", [positive, inputs.x!, negative], {}), number(seluScale, inputs.x!)], {});
}

/** a − b · ⌊a / b⌋, which takes the sign of b. */
function modulo({ inputs }: Parameters<Kernel>[0]): Node {
  const { a, b } = inputs as { a: Node; b: Node };
  return record("Sub", [a, record("Mul", [b, record("FloorDiv", [a, b], {})], {})], {});
}

/** The angle of (b, a), from atan of the quotient corrected by the half-plane. */
function atan2({ inputs }: Parameters<Kernel>[0]): Node {
  const { a: y, b: x } = inputs as { a: Node; b: Node };
  const zero = number(0, x);
  const turn = record("Where", [record("Less", [y, zero], {}), number(-Math.PI, x), number(Math.PI, x)], {});
  const leftHalf = record("Where", [record("Less", [x, zero], {}), turn, zero], {});
  const angle = record("Add", [record("Atan", [record("Div", [y, x], {})], {}), leftHalf], {});
  const origin = record("And", [record("Equal", [x, zero], {}), record("Equal", [y, zero], {})], {});
  return record("Where", [origin, zero, angle], {});
}

const plainUnaryKernels: Readonly<Record<string, PlainUnary>> = {
  Abs: "Abs",
  Neg: "Neg",
  Sign: "Sign",
  Exp: "Exp",
  Expm1: "Expm1",
  Log: "Log",
  Log1p: "Log1p",
  Sqrt: "Sqrt",
  Reciprocal: "Reciprocal",
  Sigmoid: "Sigmoid",
  Tanh: "Tanh",
  Softplus: "Softplus",
  Relu: "Relu",
  Erf: "Erf",
  Floor: "Floor",
  Ceil: "Ceil",
  Round: "Round",
  Sin: "Sin",
  Cos: "Cos",
  Tan: "Tan",
  Asin: "Asin",
  Acos: "Acos",
  Atan: "Atan",
  Sinh: "Sinh",
  Cosh: "Cosh",
  Asinh: "Asinh",
  Acosh: "Acosh",
  Atanh: "Atanh",
  IsNan: "IsNaN",
  IsInf: "IsInf",
  LogicalNot: "Not",
};

const plainBinaryKernels: Readonly<Record<string, PlainBinary>> = {
  Add: "Add",
  Sub: "Sub",
  Multiply: "Mul",
  RealDiv: "Div",
  Pow: "Pow",
  Maximum: "Max",
  Minimum: "Min",
  Equal: "Equal",
  Greater: "Greater",
  GreaterEqual: "GreaterOrEqual",
  Less: "Less",
  LessEqual: "LessOrEqual",
  LogicalAnd: "And",
  LogicalOr: "Or",
};

function tableOf<T>(names: Readonly<Record<string, T>>, kernel: (op: T) => Kernel): Kernels {
  return Object.fromEntries(Object.entries(names).map(([name, op]) => [name, kernel(op)]));
}

export const elementwiseKernels: Kernels = {
  ...tableOf(plainUnaryKernels, unary),
  ...tableOf(plainBinaryKernels, binary),
  // tfjs-core has the quotient as an integer, whatever the operands.
  FloorDiv: ({ inputs: { a, b } }) => cast(record("FloorDiv", [a!, b!], {}), "int32"),
  AddN: ({ inputs }) => Object.values(inputs).reduce((sum, term) => record("Add", [sum, term], {})),
  Square: ({ inputs }) => squared(inputs.x!),
  SquaredDifference: ({ inputs: { a, b } }) => squared(record("Sub", [a!, b!], {})),
  Rsqrt: ({ inputs }) => record("Reciprocal", [record("Sqrt", [inputs.x!], {})], {}),
  Relu6: ({ inputs }) => record("Clip", [inputs.x!], { minimum: 0, maximum: 6 }),
  LeakyRelu: ({ inputs, attributes }) => record("LeakyRelu", [inputs.x!], { alpha: attributes.alpha as number }),
  Prelu: ({ inputs: { x, alpha } }) =>
    record("Where", [record("Less", [x!, number(0, x!)], {}), record("Mul", [x!, alpha!], {}), x!], {}),
  Elu: ({ inputs }) => record("Elu", [inputs.x!], {}),
  EluGrad: eluGradient,
  Selu: selu,
  Step: step,
  Mod: modulo,
  Atan2: atan2,
  NotEqual: ({ inputs: { a, b } }) => record("Not", [record("Equal", [a!, b!], {})], {}),
  IsFinite: ({ inputs: { x } }) =>
    record("Not", [record("Or", [record("IsNaN", [x!], {}), record("IsInf", [x!], {})], {})], {}),
  ClipByValue: ({ inputs, attributes }) =>
    record("Clip", [inputs.x!], {
      minimum: attributes.clipValueMin as number,
      maximum: attributes.clipValueMax as number,
    }),
  Select: ({ inputs: { condition, t, e } }) => {
    const rows = condition!.shape.length === t!.shape.length ? condition!.shape : broadcastRows(condition!, t!);
    return record("Where", [record("Reshape", [condition!], { shape: rows }), t!, e!], {});
  },
  Cast: ({ inputs, attributes }) => cast(inputs.x!, dataType(attributes.dtype as string)),
  Identity: ({ inputs }) => inputs.x!,
};

/** A vector condition chooses whole rows of the values. */
function broadcastRows(condition: Node, values: Node): number[] {
  return values.shape.map((_, axis) => condition.shape[axis] ?? 1);
}
