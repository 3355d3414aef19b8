/** Results of a program as the inputs of the next call. */
import type { HostData, HostTensors } from "../src/runtime/tensors/engine/index.js";

export function dataOf(tensors: HostTensors): Record<string, HostData> {
  return Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, data]));
}
