// tfjs-core with every gradient registered and its plain JavaScript backend ("cpu"), bundled in place by the build:
// the published ES modules do not load in Node, and the gradients are not part of tfjs-core's Node entry.
import "@tensorflow/tfjs-core/dist/register_all_gradients.js";
// Some gradients call operations as methods of tensors.
import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js";
import "@tensorflow/tfjs-backend-cpu";
import { findBackend, registerGradient, setBackend, type Tensor, zerosLike } from "@tensorflow/tfjs-core";

// On its first write the backend advertises a native one on the console; by then it is no longer its first use.
Object.assign(findBackend("cpu"), { firstUse: false });
void setBackend("cpu");

export * from "@tensorflow/tfjs-core";

// A mask is constant almost everywhere, but tfjs-core has no gradient for the ops that make one: without these, a mask computed from a
// differentiated tensor is an error.
const twoInputs = ["Less", "LessEqual", "Greater", "Equal", "NotEqual", "LogicalAnd", "LogicalOr"];
const oneInput = ["LogicalNot", "IsNan", "IsInf", "IsFinite"];
for (const [kernels, inputs] of [
  [twoInputs, ["a", "b"]],
  [oneInput, ["x"]],
] as const)
  for (const kernelName of kernels)
    registerGradient({
      kernelName,
      inputsToSave: [...inputs],
      gradFunc: (_upstream: Tensor | Tensor[], saved: Tensor[]) =>
        Object.fromEntries(inputs.map((name, k) => [name, () => zerosLike(saved[k]!)])),
    });
