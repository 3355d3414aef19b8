/** The error for a domain that a mechanism does not have an implementation for. */
import { failure, type ScmcError } from "../../diagnostics/diagnostic.js";
import type { Domain } from "../../schema/types.js";

/** True if the domain was bound from texts; the compiler refuses a stated type that the mechanism does not run on. */
const boundFromTexts = (domain: Domain) => domain.kind === "categorical";

export function unsupportedDomain(
  kind: string,
  { name, domain }: { readonly name: string; readonly domain: Domain },
  runsOn: string,
): ScmcError {
  return failure(
    "7014",
    "model",
    `${kind} of \`${name}\`: the domain ${domain.kind} cannot be fitted by this version`,
    `${kind} runs on ${runsOn} variables.${boundFromTexts(domain) ? ` The column holds texts: with \`${name} : real\` they are named.` : ""}`,
  );
}
