/** `--do "t := t + 2"`: the language's own interventions, against a model. Several options hold together. */
import { compileInterventions } from "../compiler/interventions.js";
import type { Intervention, Model } from "../model/schema-types.js";
import { interventionFile } from "./exit-status.js";
import { SourceError } from "./source-error.js";

/** A comment would swallow the options that follow it. */
function withoutComment(text: string): string {
  return text.replaceAll(/("[^"\n]*")|#.*/g, "$1");
}

/** Throws SourceError, whose excerpts show the text of the option. */
export function compileDo(texts: readonly string[] | undefined, model: Model): Intervention[] {
  if (!texts || texts.length === 0) return [];
  const text = texts.map(withoutComment).join(", ");
  const { interventions, diagnostics } = compileInterventions(text, model, interventionFile);
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new SourceError(errors, new Map([[interventionFile, text]]));
  return [...interventions];
}
