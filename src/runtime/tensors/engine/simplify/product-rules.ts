/**
 * Matrix products take their operands as they lie: a transposed operand becomes a flag of the product, stacks of one
 * matrix become plain matrices, and a stack times one matrix becomes one tall product.
 */
import type { Node, NodeOf } from "../graph/node.js";
import type { Maker, Rules } from "./rewriter.js";

/** The operand of a transpose of the last two axes. */
function untransposed(node: Node): Node | undefined {
  if (node.op !== "Transpose") return undefined;
  const { permutation } = node.parameters;
  const rank = permutation.length;
  const swapsLast = permutation.every((axis, k) => axis === (k < rank - 2 ? k : 2 * rank - 3 - k));
  return swapsLast ? node.operands[0] : undefined;
}

function absorbTranspose(node: NodeOf<"MatMul">, maker: Maker): Node | undefined {
  const [a, b, ...bias] = node.operands as [Node, Node, ...Node[]];
  const { transposeA, transposeB } = node.parameters;
  const left = untransposed(a);
  if (left !== undefined)
    return maker.make("MatMul", [left, b, ...bias], { ...node.parameters, transposeA: !transposeA });
  const right = untransposed(b);
  if (right === undefined) return undefined;
  return maker.make("MatMul", [a, right, ...bias], { ...node.parameters, transposeB: !transposeB });
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total * size, 1);
}

/** Stacks with a plain matrix on the right, or of one matrix each, as a product of two matrices. */
function flatten(node: NodeOf<"MatMul">, maker: Maker): Node | undefined {
  const [a, b] = node.operands as [Node, Node];
  const { transposeA } = node.parameters;
  if (node.operands.length !== 2 || (a.shape.length === 2 && b.shape.length === 2)) return undefined;
  const stackA = product(a.shape.slice(0, -2));
  if (product(b.shape.slice(0, -2)) !== 1 || (stackA !== 1 && transposeA)) return undefined;
  const left = maker.make("Reshape", [a], { shape: [stackA * a.shape.at(-2)!, a.shape.at(-1)!] });
  const right = maker.make("Reshape", [b], { shape: b.shape.slice(-2) });
  const flat = maker.make("MatMul", [left, right], node.parameters);
  return maker.make("Reshape", [flat], { shape: node.shape });
}

export const productRules: Rules = { MatMul: [absorbTranspose, flatten] };
