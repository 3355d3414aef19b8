/**
 * Matrix products. Of two matrices the product is a Gemm, which reads either operand transposed and adds a bias; stacks
 * of matrices are a MatMul with explicit transposes, which onnxruntime fuses. Convolutions are products of gathered
 * patches.
 */
import type { NodeOf, Shape } from "../graph/node.js";
import { broadcastShapes } from "../graph/shapes.js";
import { accumulated, type Emitter, float, int, ints, type OperationTable, scalarConstant, text } from "./operation.js";

export type Product = "MatMul" | "Einsum";

function productShape(a: Shape, b: Shape, transposeA: boolean, transposeB: boolean): number[] {
  const [rows, innerA] = transposeA ? [a.at(-1)!, a.at(-2)!] : [a.at(-2)!, a.at(-1)!];
  const [innerB, columns] = transposeB ? [b.at(-1)!, b.at(-2)!] : [b.at(-2)!, b.at(-1)!];
  if (innerA !== innerB) throw new Error(`MatMul of [${a}] and [${b}]: ${innerA} against ${innerB}`);
  return [...broadcastShapes(a.slice(0, -2), b.slice(0, -2)), rows, columns];
}

function transposed(name: string, rank: number, emitter: Emitter): string {
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  return emitter.emit("Transpose", [name], { perm: ints([...axes.slice(0, -2), rank - 1, rank - 2]) });
}

function lowerMatMul(node: NodeOf<"MatMul">, operands: readonly string[], emitter: Emitter): string {
  const { transposeA, transposeB, scale } = node.parameters;
  const [a, b, bias] = operands as [string, string, string | undefined];
  const [rankA, rankB] = node.operands.map(({ shape }) => shape.length) as [number, number];
  if (rankA === 2 && rankB === 2) {
    const flags = { transA: int(Number(transposeA)), transB: int(Number(transposeB)) };
    return emitter.emit("Gemm", operands, { ...flags, alpha: float(scale) });
  }
  const left = transposeA ? transposed(a, rankA, emitter) : a;
  const right = transposeB ? transposed(b, rankB, emitter) : b;
  const plain = emitter.emit("MatMul", [left, right]);
  const product = scale === 1 ? plain : emitter.emit("Mul", [plain, scalarConstant(emitter, "float32", scale)]);
  return bias === undefined ? product : emitter.emit("Add", [product, bias]);
}

/** Sizes of the labels of an einsum, for its shape rule. */
function einsumShape(equation: string, shapes: readonly Shape[]): number[] {
  const [sources, target] = equation.replaceAll(" ", "").split("->") as [string, string | undefined];
  if (target === undefined || equation.includes("."))
    throw new Error(`einsum "${equation}" needs "->" and plain labels`);
  const sizes = new Map<string, number>();
  sources.split(",").forEach((labels, operand) => {
    [...labels].forEach((label, axis) => {
      sizes.set(label, shapes[operand]![axis]!);
    });
  });
  return [...target].map((label) => sizes.get(label)!);
}

export const products: OperationTable<Product> = {
  MatMul: {
    tolerance: accumulated,
    shape: ([a, b], { transposeA, transposeB }) => ({
      dtype: "float32",
      shape: productShape(a!.shape, b!.shape, transposeA, transposeB),
    }),
    lower: lowerMatMul,
  },
  Einsum: {
    tolerance: accumulated,
    shape: (operands, { equation }) => ({
      dtype: "float32",
      shape: einsumShape(
        equation,
        operands.map(({ shape }) => shape),
      ),
    }),
    lower: (node, operands, emitter) => emitter.emit("Einsum", operands, { equation: text(node.parameters.equation) }),
  },
};
