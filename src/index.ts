/** The library: everything that the command line does. */

export type { Diagnostic, RelatedSpan, Severity } from "./diagnostics/diagnostic.js";
export { ScmcError } from "./diagnostics/diagnostic.js";
export type * from "./model/schema-types.js";
