/** The pure half of the library: text to model, models to plans and back to text. Loads neither tensors nor files. */
export { compile } from "../compiler/compile.js";
export { compileInterventions } from "../compiler/interventions.js";
export { catalogue, explain } from "../diagnostics/catalogue/index.js";
export type { Diagnostic, RelatedSpan, Severity } from "../diagnostics/diagnostic.js";
export { ScmcError } from "../diagnostics/diagnostic.js";
export { parseModel } from "../model/files/load.js";
export { serialiseModel } from "../model/files/serialise.js";
export { deriveProcedures, planCounterfactual } from "../model/plans/plan.js";
export { format } from "../parser/format.js";
export type * from "../schema/types.js";
