/** The JSON model: its types, reading and writing, and the procedures that follow from it. */
export * as catalogue from "./catalogue.js";
export type { CausalGraph } from "./graph.js";
export { checkModel, parseModel } from "./load.js";
export { deriveProcedures, graphOf, intervenedGraph, mechanismsByName, planCounterfactual } from "./plan.js";
export type * from "./schema-types.js";
export { areSeparated, graphWithCommonCauses } from "./separation.js";
export { serialiseModel } from "./serialise.js";
