/** The compiler: turns a program's text into a model and diagnostics. */

export { print as printExpression } from "../algebra/print-expression.js";
export { type Compilation, type CompileOptions, compile, type SourceFile } from "./compile.js";
export { describeQuery, type PlanDescription, writePlan } from "./describe-plan.js";
export { type CompiledInterventions, compileInterventions } from "./interventions.js";
