/** Names of variables that an option lists. */
import { failure } from "../../diagnostics/diagnostic.js";
import { didYouMean } from "../../diagnostics/did-you-mean.js";
import { normalName } from "../../diagnostics/names.js";

const mostListed = 8;

/** The names that an option lists, given separately or with commas. */
export function listedNames(lists: readonly string[]): string[] {
  return lists.flatMap((list) => list.split(",")).map((name) => normalName(name.trim()));
}

/** Throws for the first name that the model does not have, with a suggestion or the list of its names. */
export function requireKnown(option: string, names: readonly string[], known: readonly string[]): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const listed = known.slice(0, mostListed).map((name) => `\`${name}\``);
  const all = `variables here: ${listed.join(", ")}${known.length > mostListed ? ", …" : ""}`;
  throw failure("2001", option, `\`${unknown}\` is not defined`, didYouMean(unknown, known) ?? all);
}
