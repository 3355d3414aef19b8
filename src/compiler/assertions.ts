/**
 * `assert` statements, decided on the graph at compile time.
 */

import { graphWithCommonCauses, whyFalse } from "../model/plans/separation.js";
import type * as ast from "../parser/ast.js";
import type { Assertion } from "../schema/types.js";
import type { Context } from "./context.js";
import { reportUnknown } from "./lower.js";
import type { QueriedModel } from "./queried-model.js";

export function checkAssertions(
  context: Context,
  statements: readonly ast.AssertStatement[],
  model: QueriedModel,
): Assertion[] {
  const assertions: Assertion[] = [];
  // If a mechanism is missing, so are its edges, and an assertion could wrongly seem false.
  const graph = model.complete ? graphWithCommonCauses(model) : undefined;
  for (const { claim, span } of statements) {
    const named = claim.kind === "independent" ? [claim.left, claim.right, ...claim.given] : [claim.from, claim.to];
    const unknown = named.filter(({ text }) => !context.names.variables.has(text));
    for (const { text, span: place } of unknown) reportUnknown(context, text, place);
    if (unknown.length > 0) continue;
    const assertion = toAssertion(claim);
    assertions.push(assertion);
    const reason = graph === undefined ? undefined : whyFalse(assertion, graph);
    if (reason !== undefined) context.report("4004", span, `the assertion does not hold: ${reason}`);
  }
  return assertions;
}

function toAssertion(claim: ast.AssertStatement["claim"]): Assertion {
  if (claim.kind !== "independent") return { kind: claim.kind, from: claim.from.text, to: claim.to.text };
  return {
    kind: "independent",
    left: claim.left.text,
    right: claim.right.text,
    given: claim.given.map(({ text }) => text),
  };
}
