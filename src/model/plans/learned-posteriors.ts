/**
 * Chooses the posteriors that are learned from the program: those that a `fit` statement asks for, and those that a
 * query needs because it knows an image and lacks causes of it.
 */

import type { Fit, InferencePlan, Model, OptionValue, QueryTerm } from "../../schema/types.js";
import { choiceOf } from "../catalogue/options.js";
import type { InferredModel } from "./inferred-model.js";
import { observedFor, planCounterfactual, worldsOf } from "./plan.js";
import { planInference } from "./plan-inference.js";
import { planTermInference } from "./plan-term.js";
import { posteriorCandidates } from "./posteriors.js";
import { termsOf } from "./query-terms.js";

type LearningModel = Pick<Model, "mechanisms" | "order" | "variables" | "queries" | "fits">;

/** The option of a variable's posterior in the `fit` statements; undefined if it is left to the queries. */
export function posteriorOption(fits: readonly Fit[], variable: string): OptionValue | undefined {
  return fits.findLast((fit) => fit.variable === variable && fit.options.posterior !== undefined)?.options.posterior;
}

/**
 * The variables whose posterior is learned: those with `fit x(posterior = learned)`, and the images that a query of the
 * program knows while it lacks causes of them. `missing` lists variables without a value in some unit that the queries
 * are about.
 */
export function learnedPosteriors(model: LearningModel, missing: readonly string[] = []): string[] {
  const all = posteriorCandidates(model);
  if (all.length === 0) return [];
  const terms = model.queries.flatMap(({ expression }) => termsOf(expression));
  const plans = terms.map((term) => termPlan({ ...model, posteriors: all }, term, missing));
  const useful = new Set(plans.flatMap((plan) => plan?.proposals ?? []).map(({ by }) => by));
  const isVector = (name: string) => model.variables.some((one) => one.name === name && one.domain?.kind === "vector");
  return all.filter((name) => {
    const choice = choiceOf(posteriorOption(model.fits, name));
    return choice === undefined ? useful.has(name) && !isVector(name) : choice === "learned";
  });
}

/** The plan of a term for units that lack the variables `missing`. */
export function termPlan(model: InferredModel, term: QueryTerm, missing: readonly string[]): InferencePlan | undefined {
  if (term.kind !== "counterfactual" || term.evidence.length > 0 || missing.length === 0)
    return planTermInference(model, term);
  const targets = term.of.flatMap((target) => (target.kind === "variable" ? [target.name] : []));
  const interventions = worldsOf(term.interventions)[0]!;
  const plan = planCounterfactual(model, interventions, targets);
  const needed = [...new Set([...observedFor(model, interventions, plan), ...targets])];
  const observed = model.mechanisms
    .filter(({ variable, kind }) => kind !== "unobserved" && !missing.includes(variable))
    .map(({ variable }) => variable);
  return planInference(model, { interventions: [], observed, needed });
}
