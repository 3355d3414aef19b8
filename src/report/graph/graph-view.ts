/**
 * The content of a causal graph's drawing, taken from a model: variables, their exogenous noises with the way each is
 * abducted, edges, unobserved common causes, and interventions applied to the graph. An atomic intervention cuts the
 * edges into its variable, including the noise's (the mutilated graph). One that uses the natural value keeps them. One
 * limited by `for` leaves the variable alone and changes only what the named children see.
 */

import {
  type LevelsOf,
  levelsIn,
  print,
  printIntervention,
  printNoise,
  printOperator,
} from "../../algebra/print-expression.js";
import { mechanisms } from "../../model/catalogue/catalogue.js";
import { printTable } from "../../model/catalogue/given-table.js";
import { byVariable } from "../../model/graph/nested-worlds.js";
import type { Abduction, Expression, Intervention, Mechanism, Model, Noise, Variable } from "../../schema/types.js";
import type { MechanismClass } from "../drawing/palette.js";

export interface GraphNode {
  readonly name: string;
  readonly doc: string;
  readonly latent: boolean;
  readonly mechanism: MechanismClass;
  /** The assignment in words, for tooltips. */
  readonly assignment: string;
  /** `do(t := 3)` if the variable is intervened on. */
  readonly intervention: string | null;
}

/**
 * The way a noise is recovered: exactly, by an amortised approximation, by sampling its posterior, from a record, or
 * not at all.
 */
export type Recovery = "exact" | "amortised" | "sampled" | "recorded" | "none";

export interface GraphNoise {
  readonly variable: string;
  readonly mechanism: MechanismClass;
  readonly symbol: string;
  readonly subscript: string;
  readonly recovery: Recovery;
  readonly description: string;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** True if the intervention made the edge, or changes what flows along it. */
  readonly changed: boolean;
}

export interface GraphView {
  readonly title: string;
  readonly nodes: readonly GraphNode[];
  readonly noises: readonly GraphNoise[];
  readonly edges: readonly GraphEdge[];
  readonly confounded: readonly (readonly [string, string])[];
  /** The classes present, in the order of the legend. */
  readonly classes: readonly MechanismClass[];
}

const classOfKind: Readonly<Record<Mechanism["kind"], MechanismClass>> = {
  flow: "invertible",
  linear: "invertible",
  anm: "invertible",
  glm: "invertible",
  cvae: "amortised",
  hvae: "amortised",
  ali: "implicit",
  bernoulli: "discrete",
  categorical: "discrete",
  table: "discrete",
  expression: "expression",
  operator: "operator",
  unobserved: "unobserved",
};

const legendOrder: readonly MechanismClass[] = [
  "invertible",
  "amortised",
  "implicit",
  "discrete",
  "expression",
  "operator",
  "unobserved",
  "intervention",
];

const recoveryOf: Readonly<Record<Abduction, Recovery>> = {
  exact: "exact",
  amortised: "amortised",
  implicit: "amortised",
  posterior_sample: "sampled",
  record: "recorded",
  deterministic: "none",
  none: "none",
};

/** The graph of `model` in topological order, as it is or under `interventions`. */
export function graphView(model: Model, interventions: readonly Intervention[] = []): GraphView {
  const mechanisms = new Map(model.mechanisms.map((mechanism) => [mechanism.variable, mechanism]));
  const variables = new Map(model.variables.map((variable) => [variable.name, variable]));
  const actions = byVariable(interventions);
  const levelsOf = levelsIn(model);
  const nodes: GraphNode[] = [];
  const noises: GraphNoise[] = [];
  const edges: GraphEdge[] = [];
  for (const name of model.order) {
    const mechanism = mechanisms.get(name);
    const variable = variables.get(name);
    if (!mechanism || !variable) continue;
    const own = actions.get(name) ?? [];
    const cut = own.some(cutsEdges);
    nodes.push({
      name,
      doc: variable.doc,
      latent: variable.latent,
      mechanism: cut ? "intervention" : mechanismClass(mechanism),
      assignment: assignmentText(mechanism, variable, levelsOf),
      intervention:
        own.length > 0 ? `do(${own.map((action) => printIntervention(action, levelsOf)).join(", ")})` : null,
    });
    const kept = cut ? [] : mechanismNoises(mechanism);
    const drawn = own.flatMap((action) => action.noises);
    noises.push(...kept, ...drawn.map(statedNoise(name, "intervention", "none")));
    edges.push(...edgesInto(mechanism, own, actions));
  }
  const isCut = (name: string) => actions.get(name)?.some(cutsEdges) ?? false;
  const present = new Set(nodes.map((node) => (node.intervention ? "intervention" : node.mechanism)));
  for (const node of nodes) present.add(node.mechanism);
  return {
    title: model.name,
    nodes,
    noises,
    edges,
    confounded: model.confounded.filter(([left, right]) => !isCut(left) && !isCut(right)),
    classes: legendOrder.filter((name) => present.has(name)),
  };
}

export function mechanismClass(mechanism: Mechanism): MechanismClass {
  if (mechanism.kind === "glm" && mechanism.abduction === "posterior_sample") return "discrete";
  return classOfKind[mechanism.kind];
}

function cutsEdges(action: Intervention): boolean {
  return action.only === undefined && !usesNatural(action.expression, action.variable);
}

function edgesInto(
  mechanism: Mechanism,
  own: readonly Intervention[],
  actions: ReadonlyMap<string, readonly Intervention[]>,
): GraphEdge[] {
  const to = mechanism.variable;
  const kept = own.some(cutsEdges) ? [] : mechanism.parents;
  const stated = own.flatMap(({ only, expression }) => (only === undefined ? namesIn(expression, "variable") : []));
  const added = stated.filter((name) => name !== to);
  const isSeen = (from: string) => actions.get(from)?.some(({ only }) => only?.includes(to)) ?? false;
  const edges = kept.map((from) => ({ from, to, changed: isSeen(from) }));
  return [...edges, ...added.filter((from) => !kept.includes(from)).map((from) => ({ from, to, changed: true }))];
}

function mechanismNoises(mechanism: Mechanism): GraphNoise[] {
  const variable = mechanism.variable;
  const noise = (symbol: string, recovery: Recovery, description: string) => {
    return { variable, mechanism: mechanismClass(mechanism), symbol, subscript: variable, recovery, description };
  };
  switch (mechanism.kind) {
    case "expression":
    case "operator":
      return mechanism.noises.map(statedNoise(variable, mechanism.kind, recoveryOf[mechanism.abduction]));
    case "unobserved":
      return [];
    case "table":
      return [noise("ε", recoveryOf[mechanism.abduction], `exogenous noise of ${variable}`)];
    default:
      // For learned kinds the catalogue says what drawings show.
      if (mechanisms[mechanism.kind].noise === "one")
        return [noise("ε", recoveryOf[mechanism.abduction], `exogenous noise of ${variable}`)];
      return [
        noise("z", "amortised", `latent code z of ${variable}, inferred by the encoder`),
        noise("u", "exact", `low-level noise u of ${variable}, recovered exactly given z`),
      ];
  }
}

function statedNoise(variable: string, mechanism: MechanismClass, recovery: Recovery): (noise: Noise) => GraphNoise {
  return (noise) => ({
    variable,
    mechanism,
    symbol: noise.name,
    subscript: variable,
    recovery,
    description: printNoise(noise),
  });
}

function assignmentText(mechanism: Mechanism, { domain }: Variable, levelsOf: LevelsOf): string {
  if (mechanism.kind === "table") return `${mechanism.variable} := ${printTable(mechanism, domain)}`;
  if (mechanism.kind === "expression") return `${mechanism.variable} := ${print(mechanism.expression, levelsOf)}`;
  if (mechanism.kind === "operator") return `${mechanism.variable} := ${printOperator(mechanism.call)}`;
  if (mechanism.kind === "unobserved") return `${mechanism.variable} is never observed`;
  return `${mechanism.variable} := ${mechanism.kind}(${mechanism.parents.join(", ")})`;
}

function usesNatural(expression: Expression, variable: string): boolean {
  return namesIn(expression, "natural").includes(variable) || namesIn(expression, "variable").includes(variable);
}

/** The names of one kind in an expression, each once, in order of appearance; a loop, since sums may be very long. */
function namesIn(expression: Expression, kind: "variable" | "natural"): string[] {
  const found = new Set<string>();
  const rest: Expression[] = [expression];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    if (next.kind === kind) found.add(next.name);
    if (next.kind === "apply") for (const operand of next.arguments.toReversed()) rest.push(operand);
  }
  return [...found];
}
