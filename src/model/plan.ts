/**
 * The procedures that follow from a model: how to sample it, recover its noise, score it, and answer a counterfactual in
 * the three steps abduction, action, prediction (the paper, section 2). Pure: a fitted artefact derives them anew.
 */
import { mechanisms } from "./catalogue.js";
import { namesIn } from "./expression.js";
import { CausalGraph } from "./graph.js";
import type {
  AbductStep,
  DensityStep,
  Intervention,
  Mechanism,
  Model,
  Procedures,
  QueryPlan,
  SampleStep,
} from "./schema-types.js";

/** The part of a model that the plans depend on. */
export type PlannedModel = Pick<Model, "mechanisms" | "order">;

export function graphOf(model: Pick<Model, "mechanisms">): CausalGraph {
  return CausalGraph.of(model.mechanisms.map(({ variable, parents }) => [variable, parents]));
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

export function mechanismsByName(model: Pick<Model, "mechanisms">): ReadonlyMap<string, Mechanism> {
  return new Map(model.mechanisms.map((mechanism) => [mechanism.variable, mechanism]));
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
      return mechanism.inverse === null ? "none" : "exact";
    case "operator":
    case "unobserved":
      return "none";
    default:
      return mechanisms[mechanism.kind].density;
  }
}

/** What the new right-hand side of an intervention reads: values of the new world, not the variable's own. */
export function parentsUnder(intervention: Intervention): string[] {
  return namesIn(intervention.expression, "variable");
}

export function isShift(intervention: Intervention): boolean {
  return namesIn(intervention.expression, "natural").length > 0;
}

/**
 * The graph of the new world. A replaced variable depends on what its new right-hand side reads, and through its own
 * natural value on its former parents; an intervention limited by `for` leaves other children's edges to the old value.
 */
export function intervenedGraph(model: Pick<Model, "mechanisms">, interventions: readonly Intervention[]): CausalGraph {
  const replaced = new Map(interventions.map((intervention) => [intervention.variable, intervention]));
  return CausalGraph.of(
    model.mechanisms.map(({ variable, parents }) => {
      const intervention = replaced.get(variable);
      if (intervention === undefined) return [variable, parents] as const;
      const kept = isShift(intervention) ? parents : [];
      return [variable, [...new Set([...kept, ...parentsUnder(intervention)])]] as const;
    }),
  );
}

export function planCounterfactual(
  model: PlannedModel,
  interventions: readonly Intervention[],
  targets: readonly string[],
): QueryPlan {
  const byName = mechanismsByName(model);
  const graph = intervenedGraph(model, interventions);
  const needed = graph.ancestors(targets);
  const isNeeded = (name: string) => needed.has(name) || targets.includes(name);
  const replaced = new Map(interventions.map((intervention) => [intervention.variable, intervention]));
  const changed = changedBy(graph, interventions);

  const order = graph.order();
  const replace = order.filter((name) => replaced.has(name) && isNeeded(name));
  const recompute = order.filter(
    (name) => changed.has(name) && !isWholeReplacement(replaced.get(name)) && isNeeded(name),
  );
  const copy = order.filter((name) => !changed.has(name) && !isWholeReplacement(replaced.get(name)) && isNeeded(name));
  // A shift of a variable whose causes change as well starts from its natural value in the new world.
  const naturals = replace.filter(
    (name) =>
      isShift(replaced.get(name)!) && byName.get(name)!.parents.some((parent) => isAltered(parent, changed, replaced)),
  );
  const recovered = new Set([...recompute, ...naturals]);
  return {
    abduct: order.filter((name) => recovered.has(name)).map((name) => abductStep(byName.get(name)!)),
    replace,
    recompute,
    copy,
  };
}

/** A variable under a `for` keeps its own value; only the named children see the new one. */
function isWholeReplacement(intervention: Intervention | undefined): boolean {
  return intervention !== undefined && intervention.only === undefined;
}

function isAltered(name: string, changed: ReadonlySet<string>, replaced: ReadonlyMap<string, Intervention>): boolean {
  return changed.has(name) || isWholeReplacement(replaced.get(name));
}

/** All variables whose value may differ from the observed one, the replaced ones aside. */
function changedBy(graph: CausalGraph, interventions: readonly Intervention[]): ReadonlySet<string> {
  const first = interventions.flatMap(({ variable, only }) => only ?? graph.children(variable));
  const changed = new Set([...first, ...graph.descendants(first)]);
  return changed;
}
