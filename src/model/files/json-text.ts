/**
 * JSON of figures, which may be infinite or undefined. JSON does not have such numbers, so they are written as the
 * strings "Infinity", "-Infinity" and "NaN", never as null, and are read back as numbers.
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

/** Keys whose values stay texts, because a level may have the name "NaN". */
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

/** Parsed JSON of figures; strings that stand for numbers become numbers. */
export function withNumbers(value: unknown): unknown {
  if (typeof value === "string") return notJson.get(value) ?? value;
  if (Array.isArray(value)) return value.map(withNumbers);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, texts.has(key) ? part : withNumbers(part)]),
  );
}
