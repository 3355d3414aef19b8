/** Names of variables that an option lists. */
import { failure } from "../diagnostics/diagnostic.js";
import { didYouMean } from "../diagnostics/did-you-mean.js";

const mostListed = 8;

/** Throws for the first name that is none of the model's, with what was meant or what there is. */
export function requireKnown(option: string, names: readonly string[], known: readonly string[]): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const listed = known.slice(0, mostListed).map((name) => `\`${name}\``);
  const all = `variables here: ${listed.join(", ")}${known.length > mostListed ? ", …" : ""}`;
  throw failure("2001", option, `\`${unknown}\` is not defined`, didYouMean(unknown, known) ?? all);
}
