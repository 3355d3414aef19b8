/** The parser: text in, syntax tree and diagnostics out. */
export type * as ast from "./ast.js";
export { type ParsedInterventions, type ParsedProgram, parseInterventions, parseProgram } from "./parse.js";
