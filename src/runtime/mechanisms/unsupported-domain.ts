/** The error of a mechanism that is asked for a domain it has no implementation for. */
import { failure } from "../../diagnostics/diagnostic.js";
import type { BoundVariable } from "../variables.js";

export function unsupportedDomain(kind: string, { name, domain }: BoundVariable, runsOn: string): Error {
  return failure(
    "7014",
    "model",
    `${kind} of \`${name}\`: the domain ${domain.kind} cannot be fitted by this version`,
    `${kind} runs on ${runsOn} variables.`,
  );
}
