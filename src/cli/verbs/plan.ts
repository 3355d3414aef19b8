/**
 * `scmc plan`: shows how each query is answered before anything is run, in the three steps abduction, action and
 * prediction: which noises are inverted exactly and which are sampled, what is replaced, recomputed and copied, which
 * variables must be observed, and which of those are missing.
 */

import { targetNames } from "../../algebra/expression.js";
import { quoted } from "../../compiler/context.js";
import { describeQuery, inferenceOf, type PlannedUnits, writePlan } from "../../compiler/describe-plan.js";
import { exitCode, failure } from "../../diagnostics/diagnostic.js";
import { didYouMean } from "../../diagnostics/did-you-mean.js";
import { type Obstacle, obstaclesTo, obstacleText, variablesOf } from "../../model/plans/answerable.js";
import { planCounterfactual } from "../../model/plans/plan.js";
import { termsOf } from "../../model/plans/query-terms.js";
import type { Model, Query, QueryTerm } from "../../schema/types.js";
import { compileDo } from "../options/do-option.js";
import { listedNames, requireKnown } from "../options/known-names.js";
import { namesOfMissing } from "../options/missing-option.js";
import { compileQuestion, conditionsText } from "../options/question.js";
import { requireDescribed } from "../places/model-file.js";

export interface PlanOptions {
  readonly query?: string;
  readonly do?: readonly string[];
  /** Targets of a counterfactual under `do`; all observed variables if left out. */
  readonly of?: readonly string[];
  /** The evidence: all that is known about the unit. */
  readonly given?: readonly string[];
  /** Variables that the observed units lack. */
  readonly missing?: readonly string[];
  readonly json?: boolean;
}

/** The name in JSON of a query that does not have its own. */
const askedName = "--do";

interface Planned {
  readonly query: Query;
  readonly missing: readonly Missing[];
}

/** The reason why a query cannot be answered. */
interface Missing {
  readonly variables: readonly string[];
  readonly reason: string;
}

function missingFor(model: Model, { expression }: Query): Missing[] {
  const latent = new Set(model.variables.filter((variable) => variable.latent).map(({ name }) => name));
  const obstacles: Obstacle[] = termsOf(expression).flatMap(({ kind, of, evidence, interventions }) =>
    obstaclesTo(model, (name) => latent.has(name), {
      kind,
      targets: targetNames(of),
      evidence: evidence.map(({ variable }) => variable),
      interventions,
    }),
  );
  const found = obstacles.map((obstacle) => ({ variables: variablesOf(obstacle), reason: obstacleText(obstacle) }));
  return found.filter(({ reason }, index) => found.findIndex((other) => other.reason === reason) === index);
}

export async function plan(path: string, options: PlanOptions): Promise<void> {
  const { model, posteriors } = await requireDescribed(path);
  const units = { missing: namesOfMissing(model, options.missing), ...(posteriors ? { posteriors } : {}) };
  const queries = options.do === undefined ? queriesOf(model, path, options) : [askedQuery(model, options)];
  const plans = queries.map((query) => ({ query, missing: missingFor(model, query) }));
  process.stdout.write(
    options.json ? `${JSON.stringify(toJson(model, plans, units), null, 2)}\n` : toText(model, plans, units),
  );
  if (plans.some(({ missing }) => missing.length > 0)) process.exitCode = exitCode.findings;
}

function queriesOf({ queries }: Model, path: string, { query, of, given }: PlanOptions): readonly Query[] {
  if (given !== undefined)
    throw failure("7108", "--given", "`--given` is evidence of a `--do`, and there is none", 'Add --do "t := …".');
  if (of !== undefined)
    throw failure("7108", "--of", "`--of` says what a `--do` is asked of, and there is none", 'Add --do "t := …".');
  if (query === undefined) {
    if (queries.length > 0) return queries;
    throw failure("7107", path, "there is no query in it", 'Ask one here: --do "t := t + 1" --of x.');
  }
  const found = queries.filter(({ name }) => name === query);
  if (found.length > 0) return found;
  const names = queries.map(({ name }) => name);
  const hint = didYouMean(query, names) ?? (names.length === 0 ? "it has none" : `it has ${quoted(names)}`);
  throw failure("7107", path, `there is no query \`${query}\``, hint);
}

/** The counterfactual that `--do` and `--of` ask for. */
function askedQuery(model: Model, options: PlanOptions): Query {
  const observed = model.variables.filter(({ latent }) => !latent).map(({ name }) => name);
  const names = model.variables.map(({ name }) => name);
  const targets = options.of ? listedNames(options.of) : observed;
  requireKnown("--of", targets, names);
  if (options.given !== undefined) {
    const text = `counterfactual(${targets.join(", ")}${conditionsText(options.given, options.do)})`;
    return { ...compileQuestion(text, model), name: askedName };
  }
  return {
    name: askedName,
    expression: {
      kind: "counterfactual",
      of: targets.map((name) => ({ kind: "variable", name })),
      evidence: [],
      interventions: compileDo(options.do, model),
    },
  };
}

function toText(model: Model, plans: readonly Planned[], units: PlannedUnits): string {
  return plans
    .map(({ query, missing }) => {
      const lines = missing.map(({ reason }, index) => `    ${(index === 0 ? "missing" : "").padEnd(12)}${reason}\n`);
      const text = writePlan(model, query, units);
      return `${query.name === askedName ? text.replace(/^.*\n/, "") : text}${lines.join("")}`;
    })
    .join("\n");
}

function toJson(model: Model, plans: readonly Planned[], units: PlannedUnits): unknown {
  return {
    formatVersion: 1,
    model: model.name,
    queries: plans.map(({ query, missing }) => {
      const terms = termsOf(query.expression);
      return {
        name: query.name,
        terms: describeQuery(model, query, units).map((description, index) => ({
          ...description,
          plan: counterfactualPlan(model, terms[index]!),
          inferencePlan: inferenceOf(model, terms[index]!, units) ?? null,
        })),
        missing,
      };
    }),
  };
}

/** Null if nothing is recovered from an observed unit: such queries are about the model itself. */
function counterfactualPlan(model: Model, { kind, interventions, of }: QueryTerm): unknown {
  return kind === "counterfactual" ? planCounterfactual(model, interventions, targetNames(of)) : null;
}
