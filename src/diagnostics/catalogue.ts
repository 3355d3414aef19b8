/**
 * All diagnostics: each code with a title, an explanation, and a smallest program that causes it beside one that is right.
 * One file a group; the documentation, `scmc explain` and the SARIF rules are made from this.
 */
import { answerCodes } from "./catalogue/answers.js";
import { graphCodes } from "./catalogue/graph.js";
import { mechanismCodes } from "./catalogue/mechanisms.js";
import { modelFileCodes } from "./catalogue/model-files.js";
import { nameCodes } from "./catalogue/names.js";
import { runCodes } from "./catalogue/run.js";
import { syntaxCodes } from "./catalogue/syntax.js";
import { typeCodes } from "./catalogue/types.js";
import { useCodes } from "./catalogue/use.js";
import { dataCatalogue } from "./catalogue-data.js";
import type { CatalogueEntry } from "./catalogue-entry.js";

export type { CatalogueEntry } from "./catalogue-entry.js";

export const catalogue: readonly CatalogueEntry[] = [
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
];

const byCode = new Map(catalogue.map((entry) => [entry.code, entry]));

export function explain(code: string): CatalogueEntry | undefined {
  return byCode.get(code);
}
