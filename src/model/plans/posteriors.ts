/**
 * Learned posteriors, which propose the missing causes of an observed image: the variables that can have one, over
 * which causes, which are learned, and what they propose in a plan. A density of thousands of pixels is so sharp that
 * causes proposed by their own mechanisms almost never explain it. Proposals are weighted by p(cause | parents) /
 * q(cause | image, …), so the answer is the model's, whatever the network has learned.
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

/**
 * True if the mechanism gives only values of several numbers; the mechanism tells it if the type is left to the data.
 */
function isStructured(mechanism: Mechanism): boolean {
  if (mechanism.kind === "operator") return true;
  return isLearned(mechanism) && mechanisms[mechanism.kind].domains.every((domain) => severalNumbers.has(domain));
}

function domainsOf({ variables }: Pick<InferredModel, "variables">): ReadonlyMap<string, Domain | null> {
  return new Map(variables.map(({ name, domain }) => [name, domain]));
}

/**
 * The direct and indirect causes of a variable that are a single number or class, in causal order; its posterior reads
 * them.
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

/** The causes that a posterior proposes: classes, and numbers of the real line or a part of it, that have a density. */
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

/** The variables of several numbers that have a density given their causes. */
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
 * The missing variables that the model's posteriors propose, each by the first weighted image that has a posterior;
 * and, if it is known which posteriors are learned, the images whose posterior could propose more.
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
