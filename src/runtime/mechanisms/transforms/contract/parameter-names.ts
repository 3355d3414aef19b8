/** Names of the parameters of parts: `<part>.<name>`. */
import type { Tensors } from "../../../tensors/core/engine.js";
import type { Parameters } from "../../networks/network.js";

export function prefixed(parameters: Parameters, part: string): Parameters {
  return Object.fromEntries(Object.entries(parameters).map(([name, spec]) => [`${part}.${name}`, spec]));
}

/** The tensors of one part, without its prefix. */
export function under(tensors: Tensors, part: string): Tensors {
  const prefix = `${part}.`;
  return Object.fromEntries(
    Object.entries(tensors)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]) => [name.slice(prefix.length), tensor]),
  );
}
