/** Diagnostics together with the texts that their spans refer to, for verbs that stop at the first file with errors. */
import { type Diagnostic, ScmcError } from "../../diagnostics/diagnostic.js";

export class SourceError extends ScmcError {
  constructor(
    diagnostics: readonly Diagnostic[],
    readonly sources: ReadonlyMap<string, string>,
  ) {
    super(diagnostics);
  }
}
