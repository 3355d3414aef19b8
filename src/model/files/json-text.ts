/**
 * JSON of figures, which may be infinite or undefined: JSON has no such numbers, so they are written as the strings
 * "Infinity", "-Infinity" and "NaN", never as null, and read back as the numbers that they are.
 */

const notJson: ReadonlyMap<string, number> = new Map([
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
  ["NaN", Number.NaN],
]);

export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, (_, part: unknown) => (isNotJson(part) ? String(part) : part), indent);
}

const isNotJson = (part: unknown): part is number => typeof part === "number" && !Number.isFinite(part);

/** Keys whose values are names and texts: a level may be called "NaN". */
const texts: ReadonlySet<string> = new Set([
  "name",
  "title",
  "setting",
  "options",
  "notes",
  "reason",
  "unit",
  "variable",
]);

/** Parsed JSON of figures, with the numbers that were written as strings. */
export function withNumbers(value: unknown): unknown {
  if (typeof value === "string") return notJson.get(value) ?? value;
  if (Array.isArray(value)) return value.map(withNumbers);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, texts.has(key) ? part : withNumbers(part)]),
  );
}
