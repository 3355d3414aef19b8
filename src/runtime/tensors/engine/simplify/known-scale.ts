/**
 * A known scale a channel, as a fitted normalisation has, joins the known weights of the product or convolution before
 * it: (x W) · s = x (W · s). onnxruntime computes W · s once, when the program is loaded.
 */
import { type Graph, type Node, sameShape, sizeOf, topologicalOrder } from "../graph/node.js";
import { makeNode } from "../operations/index.js";
import { countUses, mapGraph } from "./map-graph.js";

/** The nodes that depend on no input. */
function knownNodes(graph: Graph): ReadonlySet<Node> {
  const known = new Set<Node>();
  for (const node of topologicalOrder(Object.values(graph.outputs))) {
    if (node.op !== "Input" && node.operands.every((operand) => known.has(operand))) known.add(node);
  }
  return known;
}

/** The weights' shape to which a scale of the result's channels broadcasts, or undefined where the node has none. */
function scaleShape(node: Node): readonly number[] | undefined {
  const channels = node.shape.at(-1)!;
  switch (node.op) {
    case "MatMul":
      if (node.operands.some(({ shape }, k) => k < 2 && shape.length !== 2)) return undefined;
      return node.parameters.transposeB ? [channels, 1] : [1, channels];
    case "Convolution":
      return node.parameters.slope === 1 ? [channels] : undefined;
    case "TransposedConvolution":
      return node.parameters.slope === 1 ? [channels, 1] : undefined;
    default:
      return undefined;
  }
}

export function fuseScale(graph: Graph): Graph {
  const uses = countUses(graph);
  const known = knownNodes(graph);
  return mapGraph(graph, (node, mapped) => {
    if (node.op !== "Mul" || known.has(node)) return undefined;
    const [a, b] = node.operands as [Node, Node];
    const [product, scale] = known.has(b) ? [a, b] : [b, a];
    const weights = product.operands[1];
    const channels = scaleShape(product);
    if (channels === undefined || uses.get(product) !== 1 || !known.has(scale) || !known.has(weights!))
      return undefined;
    const shape = sizeOf(scale.shape) === 1 ? [] : channels;
    if (!sameShape(node.shape, product.shape) || sizeOf(scale.shape) !== sizeOf(shape)) return undefined;
    if (shape.length > 0 && scale.shape.at(-1) !== product.shape.at(-1)) return undefined;
    const factor = mapped.get(scale)!;
    const aligned = makeNode("Reshape", [factor], { shape });
    const scaled = makeNode("Mul", [mapped.get(weights!)!, aligned], {});
    const [x, , ...bias] = product.operands.map((operand) => mapped.get(operand)!);
    const biases = bias.map((one) => makeNode("Mul", [one, factor], {}));
    return makeNode(product.op, [x!, scaled, ...biases], product.parameters as never);
  });
}
