/**
 * `--fit "x(epochs = 5)"`: fitting options in the language, checked against a model; they override its own. Several
 * options apply together.
 */
import { compileFitOptions } from "../../compiler/fits.js";
import type { Fit, Model } from "../../schema/types.js";
import { fitFile } from "../process/option-files.js";
import { compileTexts } from "./option-text.js";

/** Throws SourceError, whose excerpts show the text of the option. */
export function compileFit(texts: readonly string[] | undefined, model: Model): readonly Fit[] {
  return compileTexts(texts, fitFile, (text) => {
    const { fits, diagnostics } = compileFitOptions(text, model, fitFile);
    return { compiled: fits, diagnostics };
  });
}
