/**
 * Answers the queries of a program: numbers about the model, samples of it, and counterfactuals of the observed units,
 * or of the one unit that a query's evidence describes. A grid gives one answer for each of its worlds. A query that
 * cannot be answered is reported as such, never skipped silently.
 */

import { targetNames } from "../../algebra/expression.js";
import { ScmcError } from "../../diagnostics/diagnostic.js";
import { worldsOf } from "../../model/plans/plan.js";
import type { Expression, Intervention, Query, QueryPlan, QueryTerm } from "../../schema/types.js";
import type { LoadedModel } from "../mechanisms/loaded-model.js";
import type { SupportFinding } from "../support/finding.js";
import type { Engine } from "../tensors/core/engine.js";
import type { Rows } from "../tensors/core/rows.js";
import type { RandomKey } from "../tensors/random/index.js";
import { requireValue } from "./exact/evidence-values.js";
import type { Spread, Wanted } from "./particles/aggregate.js";
import type { ReportRows } from "./programs/blocks.js";
import type { OperatorRecords } from "./programs/operators.js";
import { type Estimate, estimate, isEstimable } from "./terms/expectation.js";
import { sampleQuery } from "./terms/sample-query.js";
import { answerEvidence, type ParticleError } from "./units/answer-evidence.js";
import { answerUnits, type PatternReport } from "./units/answer-units.js";

/** The values of the grids of a `do` in one of its worlds, by variable. */
export type Setting = Readonly<Record<string, Expression>>;

export type Answer =
  | ({ readonly kind: "estimate"; readonly name: string; readonly setting?: Setting } & Estimate)
  | CounterfactualQueryAnswer
  | {
      readonly kind: "sample";
      readonly name: string;
      readonly rows: number;
      readonly targets: readonly string[];
      readonly values: ReadonlyMap<string, Float32Array>;
      readonly effectiveSize: number | null;
      readonly support: readonly SupportFinding[];
    }
  /** `failed`: the data or the model stood in the way, rather than a form that this version does not know. */
  | {
      readonly kind: "unanswered";
      readonly name: string;
      readonly reason: string;
      readonly needs?: "units";
      readonly failed?: boolean;
    };

export interface CounterfactualQueryAnswer {
  readonly kind: "counterfactual";
  /** Of a grid, with the number of the world. */
  readonly name: string;
  readonly setting?: Setting;
  /** Whether the units are the observed ones, or the one of the query's evidence. */
  readonly units: "observed" | "evidence";
  readonly plan: QueryPlan;
  readonly values: ReadonlyMap<string, Float32Array>;
  /** Shares of particles in each class, for the computed variables that have classes. */
  readonly probabilities: ReadonlyMap<string, Float32Array>;
  readonly spread: ReadonlyMap<string, Spread>;
  readonly targets: readonly string[];
  /** Where the answer leans on causes that training hardly held. */
  readonly support: readonly SupportFinding[];
  /** How missing values were found. */
  readonly inference: readonly PatternReport[];
  /** Of the one unit of a query's evidence: what its particles leave open. */
  readonly errors?: ReadonlyMap<string, ParticleError>;
}

export interface AnswerRequest {
  readonly loaded: LoadedModel;
  readonly engine: Engine;
  /** Observed units for counterfactual queries and densities; without them such a query stays unanswered. */
  readonly observed?: ReadonlyMap<string, Rows>;
  readonly records?: OperatorRecords;
  /** What messages call an observed unit; its number, from 1, where it is left out. */
  readonly unitName?: (unit: number) => string;
  readonly particles: number;
  readonly samples: number;
  /** What is told of a counterfactual beside its mean. */
  readonly wanted?: Wanted;
  readonly key: RandomKey;
  readonly onRows?: (query: string, ...rows: Parameters<ReportRows>) => void;
}

export async function answerQueries(request: AnswerRequest): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const query of request.loaded.model.queries)
    answers.push(...(await answerQuery(request, query).catch(whyNot(query.name))));
  return answers;
}

/** A query that its data or its model cannot answer must not cost the other answers. */
function whyNot(name: string): (error: unknown) => Answer[] {
  return (error) => {
    if (error instanceof ScmcError) return [{ kind: "unanswered", name, reason: messageOf(error), failed: true }];
    throw error;
  };
}

function messageOf({ diagnostics }: ScmcError): string {
  return diagnostics.map(({ message, hint }) => (hint ? `${message}. ${hint}` : message)).join("; ");
}

/** One answer, or one for each world of a grid. Throws a ScmcError where data or model stand in the way. */
export async function answerQuery(request: AnswerRequest, { name, expression }: Query): Promise<Answer[]> {
  const key = request.key.split("query").split(name);
  if (expression.kind === "constant" || expression.kind === "apply") {
    return [{ kind: "estimate", name, ...(await estimateOf(request, expression, key)) }];
  }
  const worlds = worldsOf(expression.interventions);
  const answers: Answer[] = [];
  for (const [index, interventions] of worlds.entries()) {
    // All worlds share their draws, so that a trajectory is one unit's.
    const term = { ...expression, interventions };
    const setting = settingOf(expression, interventions);
    const world = { name: setting === undefined ? name : `${name}.${index + 1}`, ...(setting ? { setting } : {}) };
    if (isEstimable(term)) answers.push({ kind: "estimate", ...world, ...(await estimateOf(request, term, key)) });
    else if (term.kind === "sample") answers.push(await answerSample(request, name, term, key));
    else answers.push(await answerCounterfactual(request, world, term, key));
  }
  return answers;
}

function estimateOf(
  { loaded, engine, samples, observed }: AnswerRequest,
  expression: Query["expression"],
  key: RandomKey,
) {
  return estimate({ loaded, engine, expression, rows: samples, key, ...(observed ? { observed } : {}) });
}

/** Undefined where there is no grid. */
function settingOf(term: QueryTerm, world: readonly Intervention[]): Setting | undefined {
  const entries = term.interventions.flatMap(({ variable, grid }, index) =>
    grid === undefined ? [] : [[variable, world[index]!.expression] as const],
  );
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

async function answerSample(
  { loaded, engine, samples, records }: AnswerRequest,
  name: string,
  term: QueryTerm,
  key: RandomKey,
): Promise<Answer> {
  const drawn = await sampleQuery({ loaded, engine, term, rows: samples, key, ...(records ? { records } : {}) });
  return { kind: "sample", name, rows: samples, targets: targetNames(term.of), ...drawn };
}

async function answerCounterfactual(
  { loaded, engine, observed, records, unitName, particles, wanted, onRows }: AnswerRequest,
  world: { readonly name: string; readonly setting?: Setting },
  term: QueryTerm,
  key: RandomKey,
): Promise<Answer> {
  const targets = targetNames(term.of);
  const isFactual = term.evidence.length > 0;
  const units = isFactual ? evidenceUnit(loaded, term) : observed;
  if (!units) return { kind: "unanswered", name: world.name, reason: "it needs observed units", needs: "units" };
  const asked = {
    loaded,
    engine,
    observed: units,
    ...(records && !isFactual ? { records } : {}),
    interventions: term.interventions,
    targets,
    particles,
    ...(wanted ? { wanted } : {}),
    key,
    ...(isFactual ? { unitName: () => "the query" } : unitName ? { unitName } : {}),
    ...(onRows ? { onRows: (done: number, total: number) => onRows(world.name, done, total) } : {}),
  };
  const { plan, values, probabilities, support, spread, inference, errors } = isFactual
    ? await answerEvidence(asked)
    : { ...(await answerUnits(asked)), errors: undefined };
  const of = isFactual ? ("evidence" as const) : ("observed" as const);
  return {
    kind: "counterfactual",
    ...world,
    units: of,
    plan,
    values,
    probabilities,
    spread,
    targets,
    support,
    inference,
    ...(errors ? { errors } : {}),
  };
}

/** The one unit that the evidence describes; the rest of it is missing. */
function evidenceUnit(loaded: LoadedModel, { evidence }: QueryTerm): Map<string, Rows> {
  return new Map(
    evidence.map((one) => [one.variable, { rows: 1, size: 1, data: Float32Array.of(requireValue(loaded, one)) }]),
  );
}
