/** The formats of `scmc check`. Human text goes to stderr; every other format is a result and goes to stdout. */
import type { CheckReport } from "../print/check-report.js";

export const formatNames = ["human", "concise", "json", "jsonl", "github", "sarif", "junit"] as const;
export type FormatName = (typeof formatNames)[number];

export type Formatter = (report: CheckReport) => string;

/** Each format is loaded when it is asked for. */
const formatters: Readonly<Record<FormatName, () => Promise<Formatter>>> = {
  human: async () => (await import("./human.js")).human,
  concise: async () => (await import("./concise.js")).concise,
  json: async () => (await import("./json.js")).json,
  jsonl: async () => (await import("./json.js")).jsonLines,
  github: async () => (await import("./github.js")).github,
  sarif: async () => (await import("./sarif.js")).sarif,
  junit: async () => (await import("./junit.js")).junit,
};

export function loadFormatter(name: FormatName): Promise<Formatter> {
  return formatters[name]();
}
