/**
 * Operations along axes: sums and extremes, positions of extremes, running sums, softmax, the k largest.
 */
import type { NodeOf } from "../graph/node.js";
import { reducedShape } from "../graph/shapes.js";
import {
  accumulated,
  type Emitter,
  exact,
  int,
  type Operation,
  type OperationTable,
  rounded,
  type Tolerance,
} from "./operation.js";

type Reduce = "ReduceSum" | "ReduceSumSquare" | "ReduceMean" | "ReduceMax" | "ReduceMin" | "ReduceProd";
type Position = "ArgMax" | "ArgMin";
type Largest = "TopKValues" | "TopKIndices";
export type ReductionName = Reduce | Position | Largest | "CumSum" | "Softmax";

function reduce<K extends Reduce>(name: K, tolerance: Tolerance): Operation<K> {
  return {
    tolerance,
    shape: ([x], { axes, keepDimensions }) => ({
      dtype: x!.dtype,
      shape: reducedShape(x!.shape, axes, keepDimensions),
    }),
    lower: ({ parameters: { axes, keepDimensions } }, [x], emitter) =>
      emitter.emit(name, [x!, emitter.integers(axes)], { keepdims: int(Number(keepDimensions)) }),
  };
}

function position<K extends Position>(name: K): Operation<K> {
  return {
    tolerance: exact,
    shape: ([x], { axis }) => ({ dtype: "int32", shape: reducedShape(x!.shape, [axis], false) }),
    lower: (node, operands, emitter) =>
      emitter.cast(emitter.emit(name, operands, { axis: int(node.parameters.axis), keepdims: int(0) }), "int32"),
  };
}

function lowerTopK(node: NodeOf<Largest>, [x]: readonly string[], emitter: Emitter): string {
  const inputs = [x!, emitter.integers([node.parameters.k])];
  if (node.op === "TopKValues") return emitter.emit("TopK", inputs, {}, 0, 2);
  return emitter.cast(emitter.emit("TopK", inputs, {}, 1, 2), "int32");
}

export const reductions: OperationTable<ReductionName> = {
  ReduceSum: reduce("ReduceSum", accumulated),
  ReduceSumSquare: reduce("ReduceSumSquare", accumulated),
  ReduceMean: reduce("ReduceMean", accumulated),
  ReduceMax: reduce("ReduceMax", exact),
  ReduceMin: reduce("ReduceMin", exact),
  ReduceProd: reduce("ReduceProd", accumulated),
  ArgMax: position("ArgMax"),
  ArgMin: position("ArgMin"),
  CumSum: {
    tolerance: accumulated,
    shape: ([x]) => x!,
    lower: ({ parameters: { axis, exclusive, reverse } }, [x], emitter) =>
      emitter.emit("CumSum", [x!, emitter.integers([axis], true)], {
        exclusive: int(Number(exclusive)),
        reverse: int(Number(reverse)),
      }),
  },
  Softmax: {
    tolerance: rounded,
    shape: ([x]) => x!,
    lower: (node, operands, emitter) => emitter.emit("Softmax", operands, { axis: int(node.parameters.axis) }),
  },
  TopKValues: {
    tolerance: exact,
    shape: ([x], { k }) => ({ dtype: x!.dtype, shape: [...x!.shape.slice(0, -1), k] }),
    lower: lowerTopK,
  },
  TopKIndices: {
    tolerance: exact,
    shape: ([x], { k }) => ({ dtype: "int32", shape: [...x!.shape.slice(0, -1), k] }),
    lower: lowerTopK,
  },
};
