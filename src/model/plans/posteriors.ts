/**
 * Learned posteriors, which propose the missing causes of an observed image: which variables can have one, over which
 * causes, which are learned, and what they propose in a plan. A density of thousands of pixels is so sharp that causes
 * proposed by their own mechanisms hardly ever explain it. What is proposed is weighed by p(cause | parents) / q(cause
 * | image, …), so that the answer is that of the model whatever the network has learned.
 */

import { hasPointMass } from "../../algebra/point-masses.js";
import type { Domain, InferencePlan, Intervention, Mechanism } from "../../schema/types.js";
import { mechanisms } from "../catalogue/catalogue.js";
import { isLearned } from "../catalogue/mechanism-kinds.js";
import type { CausalGraph } from "../graph/graph.js";
import type { InferredModel } from "./inferred-model.js";
import { densityOf, graphOf, mechanismsByName } from "./plan.js";

type Proposals = NonNullable<InferencePlan["proposals"]>;

const severalNumbers: ReadonlySet<string> = new Set(["vector", "image"]);

/** Whether the mechanism gives values of several numbers alone: told by it where the type is left to the data. */
function isStructured(mechanism: Mechanism): boolean {
  if (mechanism.kind === "operator") return true;
  return isLearned(mechanism) && mechanisms[mechanism.kind].domains.every((domain) => severalNumbers.has(domain));
}

function domainsOf({ variables }: Pick<InferredModel, "variables">): ReadonlyMap<string, Domain | null> {
  return new Map(variables.map(({ name, domain }) => [name, domain]));
}

/**
 * The causes of a variable, direct or not, that are one number or class each, in causal order: what its posterior looks
 * at.
 */
export function posteriorCauses(model: InferredModel, variable: string): string[] {
  const graph = graphOf(model);
  const ancestors = graph.ancestors([variable]);
  const byName = mechanismsByName(model);
  const domains = domainsOf(model);
  return model.order.filter((name) => {
    const domain = domains.get(name);
    const isScalar = domain ? !severalNumbers.has(domain.kind) : !isStructured(byName.get(name)!);
    return ancestors.has(name) && isScalar && byName.get(name)!.kind !== "unobserved";
  });
}

/**
 * Those of its causes that a posterior proposes: numbers of the real line or a part of it, and classes, with a density
 * of their own.
 */
export function posteriorTargets(model: InferredModel, variable: string): string[] {
  const byName = mechanismsByName(model);
  const domains = domainsOf(model);
  return posteriorCauses(model, variable).filter(
    (name) =>
      domains.get(name)?.kind !== "count" &&
      !hasPointMass(domains.get(name) ?? null) &&
      densityOf(byName.get(name)!) === "exact",
  );
}

/** The variables of several numbers with a density given their causes. */
export function posteriorCandidates(model: InferredModel): string[] {
  const domains = domainsOf(model);
  return model.mechanisms.filter((one) => canHavePosterior(model, one, domains)).map(({ variable }) => variable);
}

function canHavePosterior(
  model: InferredModel,
  mechanism: Mechanism,
  domains: ReadonlyMap<string, Domain | null>,
): boolean {
  if (!isLearned(mechanism) || !mechanisms[mechanism.kind].hasPosterior) return false;
  const domain = domains.get(mechanism.variable);
  const hasSeveralNumbers = domain ? severalNumbers.has(domain.kind) : isStructured(mechanism);
  return hasSeveralNumbers && posteriorTargets(model, mechanism.variable).length > 0;
}

/**
 * What the posteriors of the model propose of the missing variables, each by the first image that is weighed and has
 * one; and the images whose posterior could propose more, where it is known which posteriors are learned.
 */
export function proposalsFor(
  model: InferredModel,
  graph: CausalGraph,
  interventions: readonly Intervention[],
  parts: Pick<InferencePlan, "infer" | "weigh">,
): Pick<InferencePlan, "proposals" | "learnable"> {
  const { posteriors } = model;
  if (posteriors === undefined) return {};
  const isTouched = (name: string) =>
    interventions.some(({ variable, only }) => variable === name || only?.includes(name) === true);
  const open = new Set(parts.infer.filter((name) => !isTouched(name)));
  const weighed = graph.order().filter((name) => parts.weigh.includes(name) && !isTouched(name));
  const proposedBy = (by: string) => posteriorTargets(model, by).filter((name) => open.delete(name));
  const proposals: Proposals = [];
  for (const by of weighed.filter((name) => posteriors.includes(name))) {
    const variables = proposedBy(by);
    if (variables.length > 0) proposals.push({ by, variables });
  }
  const others = open.size === 0 ? [] : posteriorCandidates(model).filter((name) => !posteriors.includes(name));
  const learnable = weighed.filter((by) => others.includes(by) && proposedBy(by).length > 0);
  return { ...(proposals.length > 0 ? { proposals } : {}), ...(learnable.length > 0 ? { learnable } : {}) };
}
