/**
 * Plans how the unobserved variables are found from the observed ones, from the model alone.
 *
 * A missing variable with observed effects has a posterior; one without is drawn from its mechanism. The posterior is a
 * normal distribution in closed form if everything it touches is affine with normal noise, and a finite sum if the
 * missing variables have few joint values. Otherwise it is found by importance sampling: missing variables are proposed
 * by their mechanisms in topological order and weighted by the likelihood of the observed ones (sequentially, with
 * resampling). Missing variables that the question does not depend on, given the evidence, are left out.
 */

import { assertNever } from "../../diagnostics/assert-never.js";
import type { Domain, InferencePlan, Intervention, Mechanism } from "../../schema/types.js";
import type { CausalGraph } from "../graph/graph.js";
import { affineCoordinate, type UnknownVariable } from "./affine.js";
import type { InferredModel } from "./inferred-model.js";
import { densityOf, intervenedGraph, isShift, mechanismsByName, type PlannedModel } from "./plan.js";
import { proposalsFor } from "./posteriors.js";

export interface InferenceQuestion {
  /** The interventions of the world in which the evidence holds; none for the facts of a counterfactual. */
  readonly interventions: readonly Intervention[];
  /** Variables with a known value. */
  readonly observed: readonly string[];
  /** Variables whose value is asked for. */
  readonly needed: readonly string[];
  /** True if the probability of the evidence itself is asked for; then nothing is left out. */
  readonly scoresEvidence?: boolean;
}

/** The most joint values of the missing variables that are enumerated. */
export const largestSupport = 4096;

export function planInference(model: InferredModel, question: InferenceQuestion): InferencePlan {
  const { interventions } = question;
  const graph = intervenedGraph(model, interventions);
  const all = new Set([...question.observed, ...question.needed]);
  const observed = new Set(question.observed);
  const relevant = new Set([...all, ...graph.ancestors(all)]);
  const known = fixedBy(graph, interventions, observed);
  const isMissing = (name: string): boolean => relevant.has(name) && !known.has(name);
  const causes = graph.ancestors(observed);
  const suspects = graph.order().filter((name) => isMissing(name) && causes.has(name));
  // A variable that sees a noise of an intervention tells about it, and so about all others that see it.
  const seesNoise = new Set(interventions.flatMap(({ only, noises }) => (noises.length > 0 ? (only ?? []) : [])));
  const isNoisy = question.observed.some((name) => seesNoise.has(name));
  const infer =
    question.scoresEvidence || isNoisy
      ? new Set(suspects)
      : connected(graph, suspects, observed, asked(graph, question.needed, known));
  const isWeighed = (name: string) => seesNoise.has(name) || graph.parents(name).some((one) => infer.has(one));
  const weigh = graph.order().filter((name) => observed.has(name) && isWeighed(name));
  const wanted = asked(graph, question.needed, known);
  const draw = graph.order().filter((name) => isMissing(name) && !infer.has(name) && wanted.has(name));
  const parts = {
    observed: graph.order().filter((name) => observed.has(name)),
    infer: graph.order().filter((name) => infer.has(name)),
    draw,
    weigh,
  };
  const method = methodFor(model, graph, interventions, parts);
  const proposals = method.method === "importance" ? proposalsFor(model, graph, interventions, parts) : {};
  return { ...method, ...parts, ...proposals };
}

/** Variables that interventions make functions of observed ones, in causal order; they are not observed themselves. */
export function fixedVariables(
  model: Pick<PlannedModel, "mechanisms">,
  interventions: readonly Intervention[],
  observed: Iterable<string>,
): string[] {
  const given = new Set(observed);
  const graph = intervenedGraph(model, interventions);
  const known = fixedBy(graph, interventions, given);
  return graph.order().filter((name) => known.has(name) && !given.has(name));
}

/**
 * The variables that are known because they are observed, or because interventions make them functions of observed
 * ones.
 */
function fixedBy(graph: CausalGraph, interventions: readonly Intervention[], observed: ReadonlySet<string>) {
  const known = new Set(observed);
  const whole = new Map(interventions.filter(({ only }) => only === undefined).map((one) => [one.variable, one]));
  for (const name of graph.order()) {
    const intervention = whole.get(name);
    if (intervention === undefined || intervention.noises.length > 0 || isShift(intervention)) continue;
    if (graph.parents(name).every((parent) => known.has(parent))) known.add(name);
  }
  return known;
}

/** The missing variables that the answer reads, directly or through other missing ones. */
function asked(graph: CausalGraph, needed: readonly string[], known: ReadonlySet<string>): ReadonlySet<string> {
  const missing = [...needed].filter((name) => !known.has(name));
  return new Set([...missing, ...ancestorsThrough(graph, missing, known)]);
}

function ancestorsThrough(graph: CausalGraph, names: Iterable<string>, known: ReadonlySet<string>): Set<string> {
  const found = new Set<string>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const parent of graph.parents(name)) {
      if (known.has(parent) || found.has(parent)) continue;
      found.add(parent);
      open.push(parent);
    }
  }
  return found;
}

/** The missing causes of evidence that share a factor, directly or not, with one that is asked for. */
function connected(
  graph: CausalGraph,
  suspects: readonly string[],
  observed: ReadonlySet<string>,
  wanted: ReadonlySet<string>,
): Set<string> {
  const isSuspect = new Set(suspects);
  const found = new Set(suspects.filter((name) => wanted.has(name)));
  const open = [...found];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const effects = graph.children(name).filter((child) => isSuspect.has(child) || observed.has(child));
    const members = [name, ...effects].flatMap((member) => [member, ...graph.parents(member)]);
    for (const member of members) {
      if (!isSuspect.has(member) || found.has(member)) continue;
      found.add(member);
      open.push(member);
    }
  }
  return found;
}

function methodFor(
  model: InferredModel,
  graph: CausalGraph,
  interventions: readonly Intervention[],
  { observed, infer, draw, weigh }: Omit<InferencePlan, "method" | "reason">,
): Pick<InferencePlan, "method" | "reason"> {
  if (infer.length === 0 && weigh.length === 0) return { method: draw.length === 0 ? "complete" : "ancestral" };
  const byName = mechanismsByName(model);
  const touched = new Set(interventions.map(({ variable }) => variable));
  const whole = new Map(interventions.filter(({ only }) => only === undefined).map((one) => [one.variable, one]));
  const without = weigh.find((name) => !canBeWeighed(byName.get(name)!, whole.get(name)));
  if (without !== undefined)
    return {
      method: "impossible",
      reason: `\`${without}\` has no density, so what is observed of it tells nothing that can be computed about ${infer.length > 0 ? quotedNames(infer) : "the intervention's noise"}`,
    };
  const domains = new Map(model.variables.map(({ name, domain }) => [name, domain]));
  const concerned = [...infer, ...weigh];
  const isPlain = concerned.every((name) => {
    const seesOther = interventions.some(({ only }) => only?.includes(name) === true);
    return !touched.has(name) && !seesOther;
  });
  const notAffine = isPlain ? firstNotAffine(model, graph, observed, infer, weigh, domains) : concerned[0];
  if (notAffine === undefined) return { method: "gaussian" };
  const support = infer.reduce((product, name) => product * valuesOf(domains.get(name) ?? null), 1);
  const isExact = concerned.every((name) => densityOf(byName.get(name)!) === "exact");
  const isOwn = concerned.every((name) => keepsOwnTerm(name, interventions));
  if (isOwn && isExact && support <= largestSupport) return { method: "enumeration" };
  return { method: "importance", reason: whyNotExact(notAffine, isPlain) };
}

/**
 * True if the variable's term in a sum over joint values is its own mechanism's, given what it sees: no intervention
 * sets it, and nothing that it sees in place of a parent draws noise.
 */
export function keepsOwnTerm(name: string, interventions: readonly Intervention[]): boolean {
  return interventions.every(({ variable, only, noises }) => {
    return only === undefined ? variable !== name : noises.length === 0 || !only.includes(name);
  });
}

function whyNotExact(name: string | undefined, isPlain: boolean): string {
  if (!isPlain) return "an intervention changes a variable that the evidence tells about";
  return `\`${name}\` is not affine with normal noise, and the missing variables have no short list of values`;
}

const quotedNames = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(", ");

function canBeWeighed(mechanism: Mechanism, intervention: Intervention | undefined): boolean {
  if (intervention === undefined) return densityOf(mechanism) !== "none";
  const { inverse } = intervention;
  if (inverse === undefined) return false;
  return inverse.source === "noise" || densityOf(mechanism) !== "none";
}

/** The first variable, in causal order, that is not affine in the missing ones. */
function firstNotAffine(
  model: InferredModel,
  graph: CausalGraph,
  observed: readonly string[],
  infer: readonly string[],
  weigh: readonly string[],
  domains: ReadonlyMap<string, Domain | null>,
): string | undefined {
  const byName = mechanismsByName(model);
  const isKnown = new Set(observed);
  const concerned = new Set([...infer, ...weigh]);
  const unknown = new Map<string, UnknownVariable>();
  const domainOf = (name: string) => domains.get(name) ?? null;
  for (const name of graph.order()) {
    if (!concerned.has(name)) continue;
    const scope = {
      variable: (parent: string) => (isKnown.has(parent) ? undefined : (unknown.get(parent) ?? undefined)),
    };
    const coordinate = affineCoordinate(byName.get(name)!, domainOf(name), scope, domainOf);
    if (coordinate === undefined) return name;
    if (!isKnown.has(name)) unknown.set(name, { degree: 1, coordinate });
  }
  return undefined;
}

/** The number of values of a variable with classes; infinite for numbers. */
export function valuesOf(domain: Domain | null): number {
  if (domain === null) return Number.POSITIVE_INFINITY;
  switch (domain.kind) {
    case "binary":
      return 2;
    case "categorical":
    case "ordinal":
      return domain.size;
    case "real":
    case "positive":
    case "nonnegative":
    case "interval":
    case "count":
    case "vector":
    case "image":
      return Number.POSITIVE_INFINITY;
    default:
      return assertNever(domain);
  }
}
