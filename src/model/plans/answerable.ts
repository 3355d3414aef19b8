/**
 * The obstacles that keep a question from being answered, as data; the compiler, the command line, the library and the
 * export each word them.
 *
 * A latent variable is found from what is observed, like any missing value, if the program gives its mechanism and its
 * children's. A learned one would have to be fitted to values that are never observed. An unobserved common cause `x
 * <-> y` makes noises dependent, while every answer draws or recovers each by itself. A counterfactual needs the noise
 * of whatever it recomputes.
 */
import { assertNever } from "../../diagnostics/assert-never.js";
import type { Intervention, Mechanism, QueryPlan, QueryTerm } from "../../schema/types.js";
import { isGiven } from "../catalogue/mechanism-kinds.js";
import { isDisturbed } from "./confounding.js";
import {
  graphOf,
  intervenedGraph,
  mechanismsByName,
  observedFor,
  type PlannedModel,
  planCounterfactual,
} from "./plan.js";

export type Obstacle =
  /** `recovers` names the variable whose noise is recovered from the latent one, and what else that needs. */
  | {
      readonly kind: "latent";
      readonly variable: string;
      readonly recovers?: { readonly noiseOf: string; readonly given: readonly string[] };
    }
  | { readonly kind: "common cause"; readonly pair: readonly [string, string] }
  | { readonly kind: "no abduction"; readonly mechanism: Mechanism };

export interface AskedModel extends PlannedModel {
  readonly confounded: readonly (readonly [string, string])[];
}

/** A question, by the variables that its answer depends on; `evidence` lists variables. */
export interface AskedTerm {
  readonly kind: QueryTerm["kind"];
  readonly targets: readonly string[];
  readonly evidence: readonly string[];
  readonly interventions: readonly Intervention[];
}

export function obstaclesTo(model: AskedModel, isLatent: (name: string) => boolean, term: AskedTerm): Obstacle[] {
  const { targets, evidence, interventions } = term;
  const concerned = [...targets, ...evidence];
  const needed = new Set([...concerned, ...intervenedGraph(model, interventions).ancestors(concerned)]);
  const replaced = new Set(interventions.filter(({ only }) => only === undefined).map(({ variable }) => variable));
  const plan = term.kind === "counterfactual" ? planCounterfactual(model, interventions, targets) : undefined;
  const read = plan ? observedFor(model, interventions, plan) : [...needed].filter((name) => !replaced.has(name));
  const latent = read.filter(isLatent).filter((name) => !evidence.includes(name) && !isInferable(model, name));
  const byName = mechanismsByName(model);
  return [
    ...latent.map((variable) => latentObstacle(variable, plan)),
    ...model.confounded
      .filter((pair) => isDisturbed(model, pair, needed, replaced))
      .map((pair) => ({ kind: "common cause", pair }) as const),
    ...(plan?.abduct ?? [])
      .filter(({ noiseOf, method }) => method === "none" && !latent.includes(noiseOf))
      .map(({ noiseOf }) => ({ kind: "no abduction", mechanism: byName.get(noiseOf)! }) as const),
  ];
}

/**
 * True if a latent variable has a posterior given the others: its mechanism and its children's are given in the
 * program.
 */
export function isInferable(model: PlannedModel, name: string): boolean {
  const byName = mechanismsByName(model);
  return [name, ...graphOf(model).children(name)].every((one) => {
    const mechanism = byName.get(one);
    // An image operator does not have a density by which its source could be found.
    return mechanism !== undefined && isGiven(mechanism) && mechanism.kind !== "operator";
  });
}

function latentObstacle(variable: string, plan: QueryPlan | undefined): Obstacle {
  const step = plan?.abduct.find(({ given }) => given.includes(variable));
  return { kind: "latent", variable, ...(step ? { recovers: step } : {}) };
}

/** The variables that an obstacle is about. */
export function variablesOf(obstacle: Obstacle): readonly string[] {
  switch (obstacle.kind) {
    case "latent":
      return [obstacle.variable];
    case "common cause":
      return obstacle.pair;
    case "no abduction":
      return [obstacle.mechanism.variable];
    default:
      return assertNever(obstacle);
  }
}

/** An obstacle as a clause, `` `u` is latent … ``. */
export function obstacleText(obstacle: Obstacle): string {
  switch (obstacle.kind) {
    case "latent": {
      const purpose = obstacle.recovers
        ? `, and the noise of \`${obstacle.recovers.noiseOf}\` is recovered from it`
        : "";
      return `\`${obstacle.variable}\` is latent: no unit is observed with it${purpose}`;
    }
    case "common cause":
      return `\`${obstacle.pair[0]}\`, \`${obstacle.pair[1]}\` have an unobserved common cause, so their noises are dependent`;
    case "no abduction":
      return `the noise of \`${obstacle.mechanism.variable}\` cannot be recovered: ${writtenKind(obstacle.mechanism)} has no abduction`;
    default:
      return assertNever(obstacle);
  }
}

function writtenKind({ kind }: Mechanism): string {
  switch (kind) {
    case "expression":
      return "its expression";
    case "operator":
      return "its image operator";
    default:
      return `\`${kind}\``;
  }
}
