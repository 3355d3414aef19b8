/**
 * Kernels of tfjs-core along axes, and its matrix products.
 */
import type { Node } from "../graph/node.js";
import { axesOf, axisOf, cast, type Kernel, type KernelCall, type Kernels, record } from "./kernel.js";

type Reduce = "ReduceSum" | "ReduceMean" | "ReduceMax" | "ReduceMin" | "ReduceProd";

function reduce(op: Reduce, axisName = "axis"): Kernel {
  return ({ inputs, attributes }) =>
    record(op, [inputs.x!], {
      axes: axesOf(attributes[axisName], inputs.x!),
      keepDimensions: attributes.keepDims === true,
    });
}

/** All and any, as extremes of 0 and 1. */
function logical(op: "ReduceMin" | "ReduceMax"): Kernel {
  return (call) => {
    const counted = { x: cast(call.inputs.x!, "int32") };
    return cast(reduce(op)({ ...call, inputs: counted }) as Node, "bool");
  };
}

function position(op: "ArgMax" | "ArgMin"): Kernel {
  return ({ inputs, attributes }) => record(op, [inputs.x!], { axis: axisOf(attributes.axis, inputs.x!) });
}

function matMul({ inputs: { a, b, bias }, attributes }: KernelCall): Node {
  const operands = bias === undefined ? [a!, b!] : [a!, b!, bias];
  return record("MatMul", operands, {
    transposeA: attributes.transposeA === true,
    transposeB: attributes.transposeB === true,
    scale: 1,
  });
}

function fusedMatMul(call: KernelCall): Node {
  const product = matMul(call);
  const activation = (call.attributes.activation as string | undefined) ?? "linear";
  switch (activation) {
    case "linear":
      return product;
    case "relu":
      return record("Relu", [product], {});
    case "elu":
      return record("Elu", [product], {});
    case "sigmoid":
      return record("Sigmoid", [product], {});
    case "leakyrelu":
      return record("LeakyRelu", [product], { alpha: call.attributes.leakyreluAlpha as number });
    default:
      throw new Error(`the fused activation ${activation} is not traced`);
  }
}

export const reductionKernels: Kernels = {
  Sum: reduce("ReduceSum"),
  Mean: reduce("ReduceMean"),
  Max: reduce("ReduceMax", "reductionIndices"),
  Min: reduce("ReduceMin"),
  Prod: reduce("ReduceProd"),
  All: logical("ReduceMin"),
  Any: logical("ReduceMax"),
  ArgMax: position("ArgMax"),
  ArgMin: position("ArgMin"),
  Cumsum: ({ inputs, attributes }) =>
    record("CumSum", [inputs.x!], {
      axis: axisOf(attributes.axis, inputs.x!),
      exclusive: attributes.exclusive === true,
      reverse: attributes.reverse === true,
    }),
  Softmax: ({ inputs: { logits }, attributes }) =>
    record("Softmax", [logits!], { axis: axisOf((attributes.dim as number | undefined) ?? -1, logits!) }),
  TopK: ({ inputs, attributes }) => [
    record("TopKValues", [inputs.x!], { k: attributes.k as number }),
    record("TopKIndices", [inputs.x!], { k: attributes.k as number }),
  ],
  BatchMatMul: matMul,
  _FusedMatMul: fusedMatMul,
  Einsum: ({ inputs, attributes }) =>
    record("Einsum", Object.values(inputs), { equation: attributes.equation as string }),
};
