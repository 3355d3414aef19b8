/**
 * All diagnostics: each code with a title, an explanation, and a smallest program that causes it beside one that is
 * right. Each group has its own file; the documentation, `scmc explain` and the SARIF rules are made from this.
 */
import { answerCodes } from "./answers.js";
import { dataCatalogue } from "./data.js";
import type { CatalogueEntry } from "./entry.js";
import { graphCodes } from "./graph.js";
import { mechanismCodes } from "./mechanisms.js";
import { modelFileCodes } from "./model-files.js";
import { nameCodes } from "./names.js";
import { runCodes } from "./run.js";
import { syntaxCodes } from "./syntax.js";
import { typeCodes } from "./types.js";
import { useCodes } from "./use.js";

export type { CatalogueEntry } from "./entry.js";

const entries = [
  ...syntaxCodes,
  ...nameCodes,
  ...typeCodes,
  ...graphCodes,
  ...mechanismCodes,
  ...dataCatalogue,
  ...runCodes,
  ...answerCodes,
  ...useCodes,
  ...modelFileCodes,
] as const;

/** The codes that exist; a misspelt code does not compile where it is reported. */
export type DiagnosticCode = (typeof entries)[number]["code"];

export const catalogue: readonly CatalogueEntry[] = entries;

const byCode: ReadonlyMap<string, CatalogueEntry> = new Map(catalogue.map((entry) => [entry.code, entry]));

export function explain(code: string): CatalogueEntry | undefined {
  return byCode.get(code);
}
