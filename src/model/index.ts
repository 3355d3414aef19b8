/** The JSON model: its types, reading and writing, and the procedures that follow from it. */

export type * from "../schema/types.js";
export * as catalogue from "./catalogue/catalogue.js";
export { checkModel, parseModel } from "./files/load.js";
export { serialiseModel } from "./files/serialise.js";
export type { CausalGraph } from "./graph/graph.js";
export { deriveProcedures, graphOf, intervenedGraph, mechanismsByName, planCounterfactual } from "./plans/plan.js";
export { areSeparated, graphWithCommonCauses } from "./plans/separation.js";
