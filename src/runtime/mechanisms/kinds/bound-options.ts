/** Options against the variable that the data have bound: a program may leave a type open, and with it what fits it. */
import { failure } from "../../../diagnostics/diagnostic.js";
import { type MechanismName, mechanisms } from "../../../model/catalogue/catalogue.js";
import { whyNotChoices } from "../../../model/catalogue/options.js";
import { sameJson } from "../../../model/files/serialise.js";
import type { MechanismContext } from "../contract/context.js";

/** Throws where an option does not fit the variable's domain or size. */
export function requireFittingOptions(kind: MechanismName, { variable, options }: MechanismContext): void {
  const { name, domain } = variable;
  const misfit = whyNotChoices(kind, options, domain);
  if (misfit) fail(kind, name, misfit.option, misfit.message);
  for (const [option, { domains, default: byDefault }] of Object.entries(mechanisms[kind].options)) {
    const value = options[option];
    if (!domains || domains.includes(domain.kind) || value === undefined || sameJson(value, byDefault)) continue;
    fail(
      kind,
      name,
      option,
      `it is for values of type ${domains.join(" or ")}, and the data are of type ${domain.kind}`,
    );
  }
}

function fail(kind: string, name: string, option: string, reason: string): never {
  throw failure(
    "7025",
    "model",
    `${kind} of \`${name}\`, option \`${option}\`: ${reason}`,
    "Change or leave out the option.",
  );
}
