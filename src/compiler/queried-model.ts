/** What the compilation of a query reads of the model that it is asked of. */
import type { Mechanism, Variable } from "../schema/types.js";

/** What the queries are asked of. */
export interface QueriedModel {
  readonly mechanisms: readonly Mechanism[];
  readonly order: readonly string[];
  readonly confounded: readonly (readonly [string, string])[];
  readonly variables: readonly Pick<Variable, "name" | "domain">[];
  /** False where some mechanism is missing because of an error: plans are not made then. */
  readonly complete: boolean;
}
