/**
 * Rectifiers, relu and leaky relu: their derivative asks their result instead of their argument, so that the argument
 * need not be kept, and what made the argument may rectify it in the same pass.
 */
import { type Graph, type Node, sameShape, topologicalOrder } from "../graph/node.js";
import { constantNode, makeNode } from "../operations/index.js";
import { countUses, mapGraph } from "./map-graph.js";
import { numberAndOther, uniform } from "./rewriter.js";

/**
 * x > 0 exactly where its rectified value is, if the slope below 0 is not negative. The rectified value is made as soon
 * as its argument is, since the question may come first.
 */
export function reuseRectifier(graph: Graph): Graph {
  const rectified = new Map<Node, Node>();
  for (const node of topologicalOrder(Object.values(graph.outputs))) {
    if (slopeOf(node) !== undefined) rectified.set(node.operands[0]!, node);
  }
  return mapGraph(graph, (node, mapped) => {
    const [x, threshold] = node.operands;
    if (node.op !== "Greater" || uniform(threshold) !== 0) return undefined;
    const value = rectified.get(x!);
    if (value === undefined) return undefined;
    if (!mapped.has(value)) mapped.set(value, makeNode(value.op, [mapped.get(x!)!], value.parameters));
    return makeNode("Greater", [mapped.get(value)!, mapped.get(threshold!)!], {});
  });
}

/** What a rectifier multiplies values below 0 by. */
function slopeOf(node: Node): number | undefined {
  if (node.op === "Relu") return 0;
  return node.op === "LeakyRelu" && node.parameters.alpha >= 0 ? node.parameters.alpha : undefined;
}

/** A convolution rectifies its own result. */
export function fuseRectifier(graph: Graph): Graph {
  const uses = countUses(graph);
  return mapGraph(graph, (node, mapped) => {
    const slope = slopeOf(node);
    const [inner] = node.operands;
    if (slope === undefined || uses.get(inner!) !== 1) return undefined;
    const made = mapped.get(inner!)!;
    if (made.op !== "Convolution" && made.op !== "TransposedConvolution") return undefined;
    if (made.parameters.slope !== 1) return undefined;
    return makeNode(made.op, made.operands, { ...made.parameters, slope } as never);
  });
}

/** As large as single precision goes: what is above 0 becomes at least 1. */
const huge = 3e38;

/** dy where x > 0 and c · dy elsewhere, 0 < c < 1: a product, since onnxruntime chooses slowly. */
export function slopeOfRectifier(graph: Graph): Graph {
  return mapGraph(graph, (node, mapped) => {
    if (node.op !== "Where") return undefined;
    const [condition, above, below] = node.operands as [Node, Node, Node];
    if (condition.op !== "Greater" || uniform(condition.operands[1]) !== 0 || below.op !== "Mul") return undefined;
    const known = numberAndOther(below);
    const [x] = condition.operands as [Node];
    if (known === undefined || known[1] !== above || known[0] <= 0 || known[0] >= 1) return undefined;
    if (!sameShape(x.shape, above.shape) || x.dtype !== "float32") return undefined;
    const large = makeNode("Mul", [mapped.get(x)!, constantNode(huge)], {});
    const slope = makeNode("Clip", [large], { minimum: known[0], maximum: 1 });
    return makeNode("Mul", [mapped.get(above)!, slope], {});
  });
}
