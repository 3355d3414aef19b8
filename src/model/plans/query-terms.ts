/** The terms of a query: a query is one term, or arithmetic over several. */
import type { QueryExpression, QueryTerm } from "../../schema/types.js";

export function termsOf(query: QueryExpression): QueryTerm[] {
  if (query.kind === "constant") return [];
  return query.kind === "apply" ? query.arguments.flatMap(termsOf) : [query];
}
