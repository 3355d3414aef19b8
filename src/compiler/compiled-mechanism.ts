/** The result of compiling the right-hand side of an assignment. */
import type { Span } from "../diagnostics/diagnostic.js";
import type * as ast from "../parser/ast.js";
import type { Domain, Mechanism } from "../schema/types.js";

export interface CompiledMechanism {
  /** Undefined if an error was reported. */
  readonly mechanism: Mechanism | undefined;
  /** Parents with the place where each is first named, known even if the mechanism has an error. */
  readonly parents: ReadonlyMap<string, Span>;
}

/** An assignment whose right-hand side is being compiled. */
export interface Site<Body extends ast.Expression = ast.Expression> {
  readonly statement: ast.VariableStatement;
  readonly body: Body;
  readonly domain: Domain | null;
}
