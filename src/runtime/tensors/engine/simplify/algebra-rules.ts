/**
 * Identities of arithmetic and logic. None changes a value by more than a rounding; products with 0 are kept, since the
 * other factor may be infinite or not a number.
 */
import type { Node, NodeOf } from "../graph/node.js";
import { type Maker, numberAndOther, type Rules, uniform } from "./rewriter.js";

function expandTo(node: Node, like: Node | NodeOf<"Add">, maker: Maker): Node {
  return maker.make("Expand", [node], { shape: like.shape });
}

/** c₂ · (c₁ · x) = (c₁ c₂) · x, and the same with a division on either side. */
function scaled(node: NodeOf<"Mul"> | NodeOf<"Div">, maker: Maker): Node | undefined {
  const known = node.op === "Mul" ? numberAndOther(node as Node) : dividedBy(node as NodeOf<"Div">);
  if (known === undefined || node.dtype !== "float32") return undefined;
  const [factor, inner] = known;
  if (inner.op !== "Mul" && inner.op !== "Div") return undefined;
  const before = inner.op === "Mul" ? numberAndOther(inner) : dividedBy(inner);
  if (before === undefined) return undefined;
  const product = maker.make("Mul", [before[1], maker.constant(factor * before[0], "float32")], {});
  return expandTo(product, node as unknown as Node, maker);
}

function dividedBy(node: NodeOf<"Div">): readonly [number, Node] | undefined {
  const divisor = uniform(node.operands[1]);
  return divisor === undefined ? undefined : [1 / divisor, node.operands[0]!];
}

function multiply(node: NodeOf<"Mul">, maker: Maker): Node | undefined {
  const known = numberAndOther(node as Node);
  if (known === undefined) return undefined;
  const [factor, other] = known;
  if (factor === 1) return expandTo(other, node as Node, maker);
  if (factor === -1) return expandTo(maker.make("Neg", [other], {}), node as Node, maker);
  if (other.op === "Neg") {
    return expandTo(
      maker.make("Mul", [other.operands[0]!, maker.constant(-factor, node.dtype)], {}),
      node as Node,
      maker,
    );
  }
  return undefined;
}

function add(node: NodeOf<"Add">, maker: Maker): Node | undefined {
  const known = numberAndOther(node as Node);
  if (known !== undefined && known[0] === 0) return expandTo(known[1], node, maker);
  const [a, b] = node.operands as [Node, Node];
  if (b.op === "Neg") return maker.make("Sub", [a, b.operands[0]!], {});
  if (a.op === "Neg") return maker.make("Sub", [b, a.operands[0]!], {});
  return undefined;
}

function subtract(node: NodeOf<"Sub">, maker: Maker): Node | undefined {
  const [a, b] = node.operands as [Node, Node];
  if (uniform(b) === 0) return expandTo(a, node as Node, maker);
  if (uniform(a) === 0) return expandTo(maker.make("Neg", [b], {}), node as Node, maker);
  return b.op === "Neg" ? maker.make("Add", [a, b.operands[0]!], {}) : undefined;
}

/** Powers that are cheaper by other means; onnxruntime's own are slow except 2 and 3. */
function power(node: NodeOf<"Pow">, maker: Maker): Node | undefined {
  const [x] = node.operands as [Node];
  if (node.dtype !== "float32") return undefined;
  const root = () => maker.make("Sqrt", [x], {});
  const result = (() => {
    switch (uniform(node.operands[1])) {
      case 0.5:
        return root();
      case 1:
        return x;
      case 1.5:
        return maker.make("Mul", [x, root()], {});
      case 2:
        return maker.make("Mul", [x, x], {});
      case -0.5:
        return maker.make("Reciprocal", [root()], {});
      case -1:
        return maker.make("Reciprocal", [x], {});
      default:
        return undefined;
    }
  })();
  return result === undefined ? undefined : expandTo(result, node as Node, maker);
}

/** A conversion that passes through a wider type says nothing of it. */
function castChain({ operands: [x], parameters: { to } }: NodeOf<"Cast">, maker: Maker): Node | undefined {
  if (x!.dtype === to) return x;
  if (x!.op !== "Cast") return undefined;
  const source = x!.operands[0]!;
  if (source.dtype === to && (to === "bool" || to === "uint8")) return source;
  return source.dtype === "bool" ? maker.make("Cast", [source], { to }) : undefined;
}

function logic(op: "And" | "Or", neutral: number) {
  return (node: NodeOf<typeof op>, maker: Maker): Node | undefined => {
    const known = numberAndOther(node as Node);
    if (known !== undefined && Number(known[0] !== 0) === neutral) return expandTo(known[1], node as Node, maker);
    return node.operands[0] === node.operands[1] ? node.operands[0] : undefined;
  };
}

export const algebraRules: Rules = {
  Add: [add],
  Sub: [subtract],
  Mul: [multiply, scaled],
  Div: [
    (node, maker) => (uniform(node.operands[1]) === 1 ? expandTo(node.operands[0]!, node as Node, maker) : undefined),
    (node, maker) => (uniform(node.operands[0]) === 1 ? reciprocal(node, maker) : undefined),
    scaled,
  ],
  Neg: [
    ({ operands: [x] }) => (x!.op === "Neg" ? x!.operands[0] : undefined),
    ({ operands: [x] }, maker) => (x!.op === "Mul" ? negatedMultiple(x!, maker) : undefined),
  ],
  Not: [({ operands: [x] }) => (x!.op === "Not" ? x!.operands[0] : undefined)],
  Pow: [power],
  Cast: [castChain],
  And: [logic("And", 1)],
  Or: [logic("Or", 0)],
  Where: [
    ({ operands: [condition, yes, no] }, maker) =>
      condition!.op === "Not" ? maker.make("Where", [condition!.operands[0]!, no!, yes!], {}) : undefined,
  ],
};

/** −(c · x) = (−c) · x. */
function negatedMultiple(product: Node, maker: Maker): Node | undefined {
  const known = numberAndOther(product);
  if (known === undefined) return undefined;
  return expandTo(maker.make("Mul", [known[1], maker.constant(-known[0], product.dtype)], {}), product, maker);
}

function reciprocal(node: NodeOf<"Div">, maker: Maker): Node | undefined {
  if (node.dtype !== "float32") return undefined;
  return expandTo(maker.make("Reciprocal", [node.operands[1]!], {}), node as Node, maker);
}
