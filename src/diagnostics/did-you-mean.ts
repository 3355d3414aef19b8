/** Suggestions for typing errors. */
import { distance } from "fastest-levenshtein";

/** Longer names are not compared, because people do not type them. */
const longestCompared = 60;

/** "did you mean `t`?", if a candidate is close enough. */
export function didYouMean(written: string, candidates: Iterable<string>): string | undefined {
  const found = nearest(written, candidates);
  return found === undefined ? undefined : `did you mean \`${found}\`?`;
}

export function nearest(written: string, candidates: Iterable<string>): string | undefined {
  if (written.length > longestCompared) return undefined;
  let best: string | undefined;
  let least = Math.ceil(written.length / 3) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - written.length) >= least) continue;
    const sameButForCase = candidate.toLowerCase() === written.toLowerCase();
    const found = sameButForCase ? 0 : distance(written, candidate);
    // A completely different name, such as another single letter, is not a typing error.
    if (!sameButForCase && found >= Math.max(written.length, candidate.length)) continue;
    if (found < least) {
      least = found;
      best = candidate;
    }
  }
  return best;
}
