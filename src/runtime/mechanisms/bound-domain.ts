/** The domains of a loaded model's variables with every size known. */
import { digitSize } from "../../data/images/mnist.js";
import type { Domain } from "../../schema/types.js";
import type { BoundVariable } from "./bound/variables.js";
import type { LoadedModel } from "./loaded-model.js";

/** What a column of the variable's values is made with. */
export function columnVariable(loaded: LoadedModel, name: string): BoundVariable {
  return { ...loaded.variables.get(name)!, domain: boundDomain(loaded, name) };
}

/** The domain with its bound sizes; an operator's image has its digits' size. */
export function boundDomain(loaded: LoadedModel, name: string): Domain {
  const { domain } = loaded.variables.get(name)!;
  if (domain.kind !== "image") return domain;
  return { ...domain, height: domain.height ?? digitSize, width: domain.width ?? digitSize };
}
