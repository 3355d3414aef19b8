/**
 * Element-wise operations that every engine must agree on, with several broadcasts and edge shapes.
 */
import * as tf from "../../../../src/runtime/tensors/core/tfjs.js";
import { flat, inside, integers, make, type OperationCase, type Options, positive } from "./operation-case.js";

/** A matrix, a scalar, an axis of length 1, and an empty batch. */
const edges: readonly number[][] = [[3, 5], [], [2, 1, 4], [0, 3]];

function each(names: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>>, options: Options, shapes = edges) {
  return Object.entries(names).flatMap(([name, f]) =>
    shapes.map((shape) => make(name, [shape], (x) => f(x!), options)),
  );
}

const unary: readonly OperationCase[] = [
  ...each(
    { abs: tf.abs, neg: tf.neg, exp: tf.exp, expm1: tf.expm1, square: tf.square, sigmoid: tf.sigmoid, tanh: tf.tanh },
    {},
  ),
  ...each({ softplus: tf.softplus, erf: tf.erf, sin: tf.sin, cos: tf.cos, atan: tf.atan, sinh: tf.sinh }, {}),
  ...each({ cosh: tf.cosh, asinh: tf.asinh, relu: tf.relu, elu: tf.elu, selu: tf.selu, leakyRelu: tf.leakyRelu }, {}),
  ...each({ asin: tf.asin, acos: tf.acos, atanh: tf.atanh, tan: tf.tan, log1p: tf.log1p }, inside),
  ...each({ log: tf.log, sqrt: tf.sqrt, rsqrt: tf.rsqrt, reciprocal: tf.reciprocal }, positive),
  ...each({ acosh: tf.acosh }, { low: 1.2, high: 3 }),
  ...each(
    { floor: tf.floor, ceil: tf.ceil, round: tf.round, sign: tf.sign, step: tf.step },
    { ...flat, low: -9, high: 9 },
  ),
  ...each({ relu6: tf.relu6 }, { low: -3, high: 9 }),
  make("relu at 0", [[4]], (x) => tf.relu(tf.mul(x!, 0))),
  make("step with slope", [[9]], (x) => tf.step(x!, 0.3), flat),
  make("softplus far out", [[9]], (x) => tf.softplus(x!), { low: -60, high: 60 }),
  make("softplus of many", [[1100]], (x) => tf.log(tf.softplus(x!)), { ...flat, low: -60, high: 60 }),
  ...each({ clip: (x) => tf.clipByValue(x, -0.7, 0.6) }, {}),
  make("log1p near 0", [[9]], (x) => tf.log1p(x!), { low: -1e-4, high: 1e-4 }),
  make("expm1 near 0", [[9]], (x) => tf.expm1(x!), { low: -1e-4, high: 1e-4 }),
  ...each(
    {
      cast: (x) => tf.cast(tf.mul(x, 5), "int32"),
      "cast of bool": (x) => tf.cast(tf.greater(x, 0), "float32"),
      isNaN: (x) => tf.isNaN(tf.log(x)),
      isInf: (x) => tf.isInf(tf.div(x, 0)),
      isFinite: (x) => tf.isFinite(tf.log(x)),
      not: (x) => tf.logicalNot(tf.greater(x, 0)),
    },
    flat,
  ),
];

const broadcasts = [
  [
    [3, 4],
    [3, 4],
  ],
  [[3, 4], [4]],
  [
    [3, 1],
    [1, 4],
  ],
  [[], [2, 3]],
  [
    [2, 3, 4],
    [3, 1],
  ],
  [[0, 4], [4]],
  [[], []],
];

type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

function pairs(names: Readonly<Record<string, Binary>>, options: Options = {}, shapes = broadcasts) {
  return Object.entries(names).flatMap(([name, f]) =>
    shapes.map((pair) => make(name, pair, (a, b) => f(a!, b!), options)),
  );
}

const binary: readonly OperationCase[] = [
  ...pairs({ add: tf.add, sub: tf.sub, mul: tf.mul }),
  ...pairs({ div: tf.div, pow: tf.pow }, positive),
  ...pairs({ maximum: tf.maximum, minimum: tf.minimum, squaredDifference: tf.squaredDifference }),
  ...pairs({ equal: tf.equal, notEqual: tf.notEqual, greater: tf.greater, greaterEqual: tf.greaterEqual }, integers),
  ...pairs({ less: tf.less, lessEqual: tf.lessEqual, add: tf.add, mul: tf.mul, max: tf.maximum }, integers),
  ...pairs({ floorDiv: tf.floorDiv, mod: tf.mod }, { ...positive, differentiable: false }),
  ...pairs({ floorDiv: (a, b) => tf.floorDiv(a, tf.add(tf.abs(b), tf.scalar(1, "int32"))) }, integers),
  ...pairs({ atan2: tf.atan2 }, {}, [broadcasts[0]!]),
  ...[0.5, 1, 1.5, 2, 3, -1, -0.5, 2.7].map((power) => make(`pow ${power}`, [[7]], (x) => tf.pow(x!, power), positive)),
  make("square as a power, negative base", [[7]], (x) => tf.pow(x!, 2)),
  ...pairs(
    {
      and: (a, b) => tf.logicalAnd(tf.greater(a, 0), tf.greater(b, 0)),
      or: (a, b) => tf.logicalOr(tf.greater(a, 0), tf.greater(b, 0)),
      xor: (a, b) => tf.logicalXor(tf.greater(a, 0), tf.greater(b, 0)),
    },
    flat,
  ),
  make("where", [[3, 4], [3, 4], [4]], (a, b, c) => tf.where(tf.greater(a!, 0.1), b!, tf.add(c!, tf.zerosLike(b!)))),
  ...edges.map((shape) =>
    make("where", [shape, shape, shape], (a, b, c) => tf.where(tf.greater(a!, 0.1), tf.sin(b!), tf.square(c!))),
  ),
  make(
    "where of booleans",
    [
      [3, 4],
      [3, 4],
    ],
    (a, b) => tf.where(tf.greater(a!, 0), tf.greater(b!, 0), tf.less(b!, -1)),
    flat,
  ),
  make(
    "addN",
    [
      [2, 2],
      [2, 2],
      [2, 2],
    ],
    (...all) => tf.addN(all),
  ),
  make(
    "prelu",
    [
      [3, 4],
      [3, 4],
    ],
    (x, alpha) => tf.prelu(x!, alpha!),
    flat,
  ),
];

export const elementwiseCases: readonly OperationCase[] = [...unary, ...binary];
