/** `--do "t := t + 2"`: interventions in the language, checked against a model. Several options apply together. */
import { compileInterventions } from "../../compiler/interventions.js";
import type { Intervention, Model } from "../../schema/types.js";
import { interventionFile } from "../process/option-files.js";
import { compileTexts } from "./option-text.js";

/** Throws SourceError, whose excerpts show the text of the option. */
export function compileDo(texts: readonly string[] | undefined, model: Model): Intervention[] {
  const interventions = compileTexts(texts, interventionFile, (text) => {
    const { interventions: compiled, diagnostics } = compileInterventions(text, model, interventionFile);
    return { compiled, diagnostics };
  });
  return [...interventions];
}
