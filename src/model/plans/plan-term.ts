/**
 * How a query's evidence is taken into account. Beside a `do` it conditions the world after it; in a counterfactual it
 * is the observed unit, of which the rest is missing. A density is the probability of its targets beside the evidence's
 * own.
 */
import { targetNames } from "../../algebra/expression.js";
import type { InferencePlan, QueryTerm } from "../../schema/types.js";
import type { InferredModel } from "./inferred-model.js";
import { observedFor, planCounterfactual, worldsOf } from "./plan.js";
import { planInference } from "./plan-inference.js";

/** Undefined where there is no evidence and nothing to score. */
export function planTermInference(model: InferredModel, term: QueryTerm): InferencePlan | undefined {
  const targets = targetNames(term.of);
  const given = term.evidence.map(({ variable }) => variable);
  // The worlds of a grid differ in values alone.
  const interventions = worldsOf(term.interventions)[0]!;
  if (term.kind === "density")
    return planInference(model, { interventions, observed: [...targets, ...given], needed: [], scoresEvidence: true });
  if (given.length === 0) return undefined;
  if (term.kind !== "counterfactual") return planInference(model, { interventions, observed: given, needed: targets });
  const plan = planCounterfactual(model, interventions, targets);
  const needed = [...new Set([...observedFor(model, interventions, plan), ...targets])];
  return planInference(model, { interventions: [], observed: given, needed });
}
