/** The known name that a misspelt one is closest to, if it is close enough to be worth saying. */
import { distance } from "fastest-levenshtein";

export function nearestName(name: string, known: Iterable<string>): string | undefined {
  const plain = name.trim().toLowerCase();
  let nearest: string | undefined;
  let least = Math.max(1, Math.floor(plain.length / 3)) + 1;
  for (const candidate of known) {
    const edits = distance(plain, candidate.trim().toLowerCase());
    if (edits < least) {
      least = edits;
      nearest = candidate;
    }
  }
  return nearest;
}

/** `Did you mean "thickness"?`, or else what there is: `It has: "a", "b", "c".`, at most `limit` names. */
export function suggestion(name: string, known: readonly string[], limit = 12): string {
  const nearest = nearestName(name, known);
  if (nearest !== undefined) return `Did you mean "${nearest}"?`;
  if (known.length === 0) return "It has none.";
  const shown = known.slice(0, limit).map((each) => `"${each}"`);
  const rest = known.length - shown.length;
  return `It has ${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}.`;
}
