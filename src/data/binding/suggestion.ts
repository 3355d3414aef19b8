/** The suggestion for an unknown name of the data. */
import { nearest } from "../../diagnostics/did-you-mean.js";

/** `Did you mean "thickness"?`, or else the names that exist: `It has "a", "b", "c".`, at most `limit` of them. */
export function suggestion(name: string, known: readonly string[], limit = 12): string {
  const meant = nearest(name.trim(), known);
  if (meant !== undefined) return `Did you mean "${meant}"?`;
  if (known.length === 0) return "It has none.";
  const shown = known.slice(0, limit).map((each) => `"${each}"`);
  const rest = known.length - shown.length;
  return `It has ${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}.`;
}
