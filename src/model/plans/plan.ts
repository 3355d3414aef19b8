/**
 * The procedures that follow from a model: how to sample it, recover its noise, score it, and answer a counterfactual
 * in the three steps abduction, action, prediction (the paper, section 2). Pure: a fitted artefact derives them anew.
 */

import { namesIn } from "../../algebra/expression.js";
import type {
  AbductStep,
  DensityStep,
  Intervention,
  Mechanism,
  Procedures,
  QueryPlan,
  SampleStep,
} from "../../schema/types.js";
import { mechanisms } from "../catalogue/catalogue.js";
import type { CausalGraph } from "../graph/graph.js";
import { byVariable } from "../graph/nested-worlds.js";
import { ReparentedGraph } from "../graph/reparented-graph.js";
import { StoredGraph } from "../graph/stored-graph.js";

/** The part of a model that the plans depend on. */
export interface PlannedModel {
  readonly mechanisms: readonly Mechanism[];
  readonly order: readonly string[];
}

const graphs = new WeakMap<readonly Mechanism[], CausalGraph>();

/** The graph of a list of mechanisms, which must not change afterwards; it is built once. */
export function graphOf({ mechanisms: all }: { readonly mechanisms: readonly Mechanism[] }): CausalGraph {
  let graph = graphs.get(all);
  if (graph === undefined) {
    graph = new StoredGraph(all.map(({ variable, parents }) => [variable, parents]));
    graphs.set(all, graph);
  }
  return graph;
}

/** Registers a graph built before the mechanisms were complete, if its edges are theirs. */
export function adoptGraph(all: readonly Mechanism[], graph: CausalGraph): void {
  const isTheirs = all.every(({ variable, parents }) => {
    const known = graph.parents(variable);
    return known.length === parents.length && parents.every((parent) => known.includes(parent));
  });
  if (isTheirs && graph.names().length === all.length) graphs.set(all, graph);
}

export function deriveProcedures(model: PlannedModel): Procedures {
  const byName = mechanismsByName(model);
  const ordered = model.order.map((name) => byName.get(name)!);
  return {
    sample: ordered.map(sampleStep),
    abduct: ordered.map(abductStep),
    logProbability: ordered.map(densityStep),
  };
}

const indices = new WeakMap<readonly Mechanism[], ReadonlyMap<string, Mechanism>>();

/** The mechanisms by variable; made once for a list, which must not change afterwards. */
export function mechanismsByName({
  mechanisms: all,
}: {
  readonly mechanisms: readonly Mechanism[];
}): ReadonlyMap<string, Mechanism> {
  let index = indices.get(all);
  if (index === undefined) {
    index = new Map(all.map((mechanism) => [mechanism.variable, mechanism]));
    indices.set(all, index);
  }
  return index;
}

function sampleStep({ variable, kind, parents }: Mechanism): SampleStep {
  return { assign: variable, mechanism: kind, parents };
}

function abductStep({ variable, abduction, parents }: Mechanism): AbductStep {
  return { noiseOf: variable, method: abduction, given: [variable, ...parents] };
}

function densityStep(mechanism: Mechanism): DensityStep {
  return { term: mechanism.variable, given: mechanism.parents, kind: densityOf(mechanism) };
}

export function densityOf(mechanism: Mechanism): DensityStep["kind"] {
  switch (mechanism.kind) {
    case "expression":
      return mechanism.inverse === null && mechanism.branches === undefined ? "none" : "exact";
    case "table":
      return "exact";
    case "operator":
    case "unobserved":
      return "none";
    default:
      // Among mechanisms scored exactly, only an image's grey levels are recovered by an approximation.
      return mechanism.abduction === "amortised" ? "bound" : mechanisms[mechanism.kind].density;
  }
}

/** The variables that an intervention's right-hand side reads: values of the new world, not the variable's own. */
export function parentsUnder({ expression, grid }: Intervention): string[] {
  return [...new Set((grid ?? [expression]).flatMap((value) => namesIn(value, "variable")))];
}

export function isShift({ expression, grid }: Intervention): boolean {
  return (grid ?? [expression]).some((value) => namesIn(value, "natural").length > 0);
}

/**
 * The worlds of a grid, the last grid changing fastest, each an intervention without grids. The result is a single
 * world if there are no grids.
 */
export function worldsOf(interventions: readonly Intervention[]): Intervention[][] {
  let worlds: Intervention[][] = [[]];
  for (const { grid, ...intervention } of interventions) {
    const values = grid?.map((expression) => ({ ...intervention, expression })) ?? [intervention];
    worlds = worlds.flatMap((world) => values.map((value) => [...world, value]));
  }
  return worlds;
}

/**
 * The graph of the new world. A replaced variable depends on what its new right-hand side reads and, if that includes
 * its natural value, on its former parents. Under a `for`, the named children read the new right-hand side in its
 * place, and the variable itself stays as it is.
 */
export function intervenedGraph(
  model: Pick<PlannedModel, "mechanisms">,
  interventions: readonly Intervention[],
): CausalGraph {
  const base = graphOf(model);
  const changes = new Map<string, readonly string[]>();
  const current = (name: string): readonly string[] => changes.get(name) ?? base.parents(name);
  for (const intervention of interventions.filter(({ only }) => only === undefined)) {
    // A shift of the same variable that only some children see also starts from its natural value.
    const isNaturalRead = interventions.some((one) => one.variable === intervention.variable && isShift(one));
    const kept = isNaturalRead ? base.parents(intervention.variable) : [];
    changes.set(intervention.variable, [...new Set([...kept, ...parentsUnder(intervention)])]);
  }
  for (const intervention of interventions) {
    for (const child of intervention.only ?? []) {
      const parents = current(child).filter((parent) => parent !== intervention.variable || isShift(intervention));
      changes.set(child, [...new Set([...parents, ...parentsUnder(intervention)])]);
    }
  }
  return new ReparentedGraph(base, changes);
}

/**
 * The plan of a counterfactual. Of the variables that the targets need, those that an intervention reaches are replaced
 * or recomputed. The others are copied as observed, whatever their own causes are.
 */
export function planCounterfactual(
  model: PlannedModel,
  interventions: readonly Intervention[],
  targets: readonly string[],
): QueryPlan {
  const byName = mechanismsByName(model);
  const graph = intervenedGraph(model, interventions);
  const replaced = byVariable(interventions);
  const whole = new Map(interventions.filter(isWholeReplacement).map((one) => [one.variable, one]));
  const changed = changedBy(graph, interventions);
  const isWhole = (name: string): boolean => whole.has(name);
  // A shift of a variable whose causes also change starts from its natural value in the new world.
  const isAltered = (name: string): boolean => changed.has(name) || isWhole(name);
  const seesOther = (name: string): boolean => interventions.some(({ only }) => only?.includes(name));
  const startsAnew = (name: string): boolean =>
    replaced.get(name)!.some(isShift) && (seesOther(name) || byName.get(name)!.parents.some(isAltered));
  const reads = (name: string): readonly string[] => {
    if (!isWhole(name)) return changed.has(name) ? graph.parents(name) : [];
    return startsAnew(name) ? graph.parents(name) : parentsUnder(whole.get(name)!);
  };
  const needed = closure(targets, reads);
  const isReplaced = (name: string): boolean =>
    replaced.get(name)?.some(({ only }) => only?.some((child) => needed.has(child)) ?? needed.has(name)) ?? false;

  const order = graph.order();
  const replace = order.filter(isReplaced);
  const recompute = order.filter((name) => needed.has(name) && changed.has(name) && !isWhole(name));
  const copy = order.filter((name) => needed.has(name) && !changed.has(name) && !isWhole(name));
  const recovered = new Set([...recompute, ...replace.filter(startsAnew)]);
  return {
    abduct: order.filter((name) => recovered.has(name)).map((name) => abductStep(byName.get(name)!)),
    replace,
    recompute,
    copy,
  };
}

/**
 * The variables that must be known of a unit, in the order of the model: those that its noises are recovered from,
 * those that are copied, and the values that shifts start from.
 */
export function observedFor(model: PlannedModel, interventions: readonly Intervention[], plan: QueryPlan): string[] {
  const recovered = new Set(plan.abduct.map(({ noiseOf }) => noiseOf));
  const starts = interventions
    .filter((intervention) => plan.replace.includes(intervention.variable) && isShift(intervention))
    .map(({ variable }) => variable)
    .filter((name) => !recovered.has(name));
  const observed = new Set([...plan.abduct.flatMap(({ given }) => given), ...plan.copy, ...starts]);
  return model.order.filter((name) => observed.has(name));
}

/** The names given and everything they read, directly or not. */
function closure(names: readonly string[], reads: (name: string) => readonly string[]): ReadonlySet<string> {
  const found = new Set(names);
  const open = [...found];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const next of reads(name)) {
      if (found.has(next)) continue;
      found.add(next);
      open.push(next);
    }
  }
  return found;
}

/** A variable under a `for` keeps its own value; only the named children see the new one. */
function isWholeReplacement({ only }: Intervention): boolean {
  return only === undefined;
}

/** All variables whose value may differ from the observed one, except the replaced ones. */
function changedBy(graph: CausalGraph, interventions: readonly Intervention[]): ReadonlySet<string> {
  const first = interventions.flatMap(({ variable, only }) => only ?? graph.children(variable));
  return new Set([...first, ...graph.descendants(first)]);
}

/** The variables whose observed values a counterfactual of `targets` needs. */
export function evidenceOf(plan: QueryPlan, targets: readonly string[]): string[] {
  const needed = new Set(plan.abduct.flatMap((step) => [step.noiseOf, ...step.given]));
  for (const target of targets) if (plan.copy.includes(target)) needed.add(target);
  return [...needed];
}
