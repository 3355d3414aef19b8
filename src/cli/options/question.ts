/** Queries put together from the command line's `--of`, `--given` and `--do`, compiled against a model. */
import { compileQueryText, isConditionText } from "../../compiler/query-text.js";
import type { Model, Query } from "../../schema/types.js";
import { queryFile } from "../process/option-files.js";
import { SourceError } from "../process/source-error.js";
import { withoutComment } from "./option-text.js";

/** Throws SourceError, whose excerpts show the query as it was put together. */
export function compileQuestion(text: string, model: Model): Query {
  const { query, diagnostics, text: whole } = compileQueryText(text, model, queryFile);
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (query === undefined || errors.length > 0) throw new SourceError(errors, new Map([[queryFile, whole]]));
  return query;
}

/** `| s = 1, do(t := 3)`, or an empty text. */
export function conditionsText(given: readonly string[] = [], interventions: readonly string[] = []): string {
  const action = interventions.length === 0 ? [] : [`do(${interventions.map(withoutComment).join(", ")})`];
  const conditions = [...given.map(withoutComment), ...action];
  return conditions.length === 0 ? "" : ` | ${conditions.join(", ")}`;
}

/** The mean of an expression, or the probability of a condition. */
export function meanText(of: string, conditions: string): string {
  return `${isConditionText(of) ? "probability" : "expectation"}(${of}${conditions})`;
}
