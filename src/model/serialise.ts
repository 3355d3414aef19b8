/**
 * The text of a model: keys sorted, two spaces of indentation, a newline at the end; the same model gives the same bytes.
 */
import type { Model } from "./schema-types.js";

export function serialiseModel(model: Model): string {
  return `${JSON.stringify(sorted(model), null, 2)}\n`;
}

/** Equality of two parts of models, whatever the order of their keys. */
export function sameJson(left: unknown, right: unknown): boolean {
  return JSON.stringify(sorted(left)) === JSON.stringify(sorted(right));
}

// Models are as deep as their expressions, which the parser and the loader bound, so recursion is safe here.
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  // `fromEntries` defines properties, so a key such as `__proto__` stays an ordinary key.
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
