/**
 * Plans how a query's evidence is used. Beside a `do`, evidence conditions the world after the intervention; in a
 * counterfactual it is the observed unit, and the rest of the unit is missing. A density is the probability of its
 * targets together with the evidence, relative to that of the evidence.
 */
import { targetNames } from "../../algebra/expression.js";
import type { InferencePlan, QueryTerm } from "../../schema/types.js";
import type { InferredModel } from "./inferred-model.js";
import { observedFor, planCounterfactual, worldsOf } from "./plan.js";
import { planInference } from "./plan-inference.js";

/** Undefined if there is neither evidence nor anything to score. */
export function planTermInference(model: InferredModel, term: QueryTerm): InferencePlan | undefined {
  const targets = targetNames(term.of);
  const given = term.evidence.map(({ variable }) => variable);
  // The worlds of a grid differ only in values.
  const interventions = worldsOf(term.interventions)[0]!;
  if (term.kind === "density")
    return planInference(model, { interventions, observed: [...targets, ...given], needed: [], scoresEvidence: true });
  if (given.length === 0) return undefined;
  if (term.kind !== "counterfactual") return planInference(model, { interventions, observed: given, needed: targets });
  const plan = planCounterfactual(model, interventions, targets);
  const needed = [...new Set([...observedFor(model, interventions, plan), ...targets])];
  return planInference(model, { interventions: [], observed: given, needed });
}
