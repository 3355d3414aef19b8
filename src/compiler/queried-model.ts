/** The parts of a model that the compilation of a query reads. */
import type { Mechanism, Variable } from "../schema/types.js";

/** The model that queries are about. */
export interface QueriedModel {
  readonly mechanisms: readonly Mechanism[];
  readonly order: readonly string[];
  readonly confounded: readonly (readonly [string, string])[];
  readonly variables: readonly Pick<Variable, "name" | "domain">[];
  /** False if a mechanism is missing because of an error; plans are then not made. */
  readonly complete: boolean;
}
