/** The parser: turns text into a syntax tree and diagnostics. */
export type * as ast from "./ast.js";
export { type ParsedInterventions, type ParsedProgram, parseInterventions, parseProgram } from "./parse.js";
