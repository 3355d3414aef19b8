/**
 * Answers the queries of a program: numbers by sampling the model, counterfactuals on the observed units. A query of a form that
 * this version cannot answer is reported as such, never skipped silently.
 */
import { ScmcError } from "../../diagnostics/diagnostic.js";
import type { Query, QueryPlan, QueryTerm } from "../../model/schema-types.js";
import type { Engine } from "../engine/engine.js";
import type { LoadedModel } from "../loaded-model.js";
import type { RandomKey } from "../random/index.js";
import type { Rows } from "../rows.js";
import type { ReportRows } from "./blocks.js";
import { counterfactual } from "./counterfactual.js";
import { type Estimate, estimate, isEstimable } from "./expectation.js";
import type { OperatorRecords } from "./operators.js";
import type { OutsideRange } from "./training-range.js";

export type Answer =
  | ({ readonly kind: "estimate"; readonly name: string } & Estimate)
  | {
      readonly kind: "counterfactual";
      readonly name: string;
      readonly plan: QueryPlan;
      readonly values: ReadonlyMap<string, Float32Array>;
      /** Shares of particles in each class, for the computed variables that have classes. */
      readonly probabilities: ReadonlyMap<string, Float32Array>;
      readonly targets: readonly string[];
      readonly outside: readonly OutsideRange[];
    }
  /** `failed`: the data or the model stood in the way, rather than a form that this version does not know. */
  | { readonly kind: "unanswered"; readonly name: string; readonly reason: string; readonly failed?: boolean };

export interface AnswerRequest {
  readonly loaded: LoadedModel;
  readonly engine: Engine;
  /** Observed units for counterfactual queries; without them such a query stays unanswered. */
  readonly observed?: ReadonlyMap<string, Rows>;
  readonly records?: OperatorRecords;
  readonly particles: number;
  readonly samples: number;
  readonly key: RandomKey;
  readonly onRows?: (query: string, ...rows: Parameters<ReportRows>) => void;
}

export async function answerQueries(request: AnswerRequest): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const query of request.loaded.model.queries)
    answers.push(await answer(request, query).catch(whyNot(query.name)));
  return answers;
}

/** A query that its data or its model cannot answer must not cost the other answers. */
function whyNot(name: string): (error: unknown) => Answer {
  return (error) => {
    if (error instanceof ScmcError) return { kind: "unanswered", name, reason: messageOf(error), failed: true };
    throw error;
  };
}

function messageOf({ diagnostics }: ScmcError): string {
  return diagnostics.map(({ message, hint }) => (hint ? `${message}. ${hint}` : message)).join("; ");
}

async function answer(request: AnswerRequest, { name, expression }: Query): Promise<Answer> {
  const { loaded, engine, samples } = request;
  const key = request.key.split("query").split(name);
  if (isEstimable(expression))
    return { kind: "estimate", name, ...(await estimate({ loaded, engine, expression, rows: samples, key })) };
  if (expression.kind !== "counterfactual")
    return {
      kind: "unanswered",
      name,
      reason: reasonFor(expression.kind === "apply" ? "arithmetic" : expression.kind),
    };
  if (!request.observed)
    return { kind: "unanswered", name, reason: "it needs observed units: name test data with --test" };
  return answerCounterfactual(request, name, expression, key);
}

async function answerCounterfactual(
  { loaded, engine, observed, records, particles, onRows }: AnswerRequest,
  name: string,
  term: QueryTerm,
  key: RandomKey,
): Promise<Answer> {
  const targets = term.of.flatMap((target) => (target.kind === "variable" ? [target.name] : []));
  if (targets.length < term.of.length) return { kind: "unanswered", name, reason: "its targets are not all variables" };
  if (term.evidence.length > 0)
    return { kind: "unanswered", name, reason: "evidence beside a counterfactual is not supported by this version" };
  const { plan, values, probabilities, outside } = await counterfactual({
    loaded,
    engine,
    observed: observed!,
    ...(records ? { records } : {}),
    interventions: term.interventions,
    targets,
    particles,
    key,
    ...(onRows ? { onRows: (done: number, total: number) => onRows(name, done, total) } : {}),
  });
  return { kind: "counterfactual", name, plan, values, probabilities, targets, outside };
}

function reasonFor(form: string): string {
  return `${form} queries, and evidence in a query, are not answered by this version`;
}
