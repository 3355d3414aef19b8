/** Tensors by name: the inputs and outputs of a program bear prefixes that say whose they are. */
import type { Tensors } from "./engine.js";

/** The tensors under a prefix, without it. */
export function named(tensors: Tensors, prefix: string): Tensors {
  return Object.fromEntries(
    Object.entries(tensors)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]) => [name.slice(prefix.length), tensor]),
  );
}
