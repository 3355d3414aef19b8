/** The pure half of the library: text to model, models to plans and back to text. Loads neither tensors nor files. */
export { compile } from "./compiler/compile.js";
export { compileInterventions } from "./compiler/interventions.js";
export { catalogue, explain } from "./diagnostics/catalogue.js";
export type { Diagnostic, RelatedSpan, Severity } from "./diagnostics/diagnostic.js";
export { ScmcError } from "./diagnostics/diagnostic.js";
export { parseModel } from "./model/load.js";
export { deriveProcedures, planCounterfactual } from "./model/plan.js";
export type * from "./model/schema-types.js";
export { serialiseModel } from "./model/serialise.js";
export { format } from "./parser/format.js";
