/** The library: everything that the command line does. */
export type * from "./diagnostics/diagnostic.js";
export { ScmcError } from "./diagnostics/diagnostic.js";
export type * from "./model/schema-types.js";
