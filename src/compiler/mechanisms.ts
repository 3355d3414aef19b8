/**
 * Turns the right-hand side of an assignment into a mechanism of the model: learned, an image operator, or an
 * expression.
 */
import { mechanisms, operators } from "../model/catalogue/catalogue.js";
import type * as ast from "../parser/ast.js";
import type { Domain } from "../schema/types.js";
import type { CompiledMechanism } from "./compiled-mechanism.js";
import type { Context } from "./context.js";
import { compileExpression } from "./expression-mechanisms.js";
import { compileLearned } from "./learned-mechanisms.js";
import { compileOperator } from "./operators.js";

export function compileMechanism(
  context: Context,
  statement: ast.VariableStatement,
  domain: Domain | null,
): CompiledMechanism {
  const { body, name } = statement;
  if (body === undefined) {
    return {
      mechanism: { kind: "unobserved", variable: name.text, parents: [], abduction: "none" },
      parents: new Map(),
    };
  }
  if (body.kind === "call") {
    const { text } = body.callee;
    if (Object.hasOwn(mechanisms, text)) return compileLearned(context, { statement, body, domain });
    if (Object.hasOwn(operators, text)) return compileOperator(context, { statement, body, domain });
  }
  return compileExpression(context, { statement, body, domain });
}
