/**
 * What keeps a query from being answered: causes that are never observed, unobserved common causes, and noise that cannot be
 * recovered. Programs with such queries do not compile; models from JSON and questions of the command line are seen here.
 */

import { quoted } from "../compiler/context.js";
import { isDisturbed } from "../model/confounding.js";
import { targetNames } from "../model/expression.js";
import { intervenedGraph, mechanismsByName, observedFor, planCounterfactual } from "../model/plan.js";
import type { Model, Query, QueryExpression, QueryTerm } from "../model/schema-types.js";

export interface Missing {
  readonly variables: readonly string[];
  readonly reason: string;
}

export function missingFor(model: Model, { expression }: Query): Missing[] {
  const found = termsOf(expression).flatMap((term) => missingForTerm(model, term));
  return found.filter(({ reason }, index) => found.findIndex((other) => other.reason === reason) === index);
}

export function termsOf(query: QueryExpression): QueryTerm[] {
  if (query.kind === "constant") return [];
  return query.kind === "apply" ? query.arguments.flatMap(termsOf) : [query];
}

function missingForTerm(model: Model, term: QueryTerm): Missing[] {
  const targets = targetNames(term.of);
  const concerned = [...targets, ...term.evidence.map(({ variable }) => variable)];
  const needed = new Set([...concerned, ...intervenedGraph(model, term.interventions).ancestors(concerned)]);
  const replaced = new Set(term.interventions.filter(({ only }) => only === undefined).map(({ variable }) => variable));
  const plan = term.kind === "counterfactual" ? planCounterfactual(model, term.interventions, targets) : undefined;
  const observed = plan && new Set(observedFor(model, term.interventions, plan));
  const isUsed = (name: string): boolean => observed?.has(name) ?? (needed.has(name) && !replaced.has(name));
  const latent = model.variables.filter(({ name, latent }) => latent && isUsed(name)).map(({ name }) => name);
  const found: Missing[] = latent.map((name) => {
    const step = plan?.abduct.find(({ given }) => given.includes(name));
    const purpose = step === undefined ? "" : `, and the noise of ${quoted([step.noiseOf])} is recovered from it`;
    return { variables: [name], reason: `${quoted([name])} is latent: no unit is observed with it${purpose}` };
  });
  for (const pair of model.confounded.filter((names) => isDisturbed(model, names, needed, replaced)))
    found.push({
      variables: pair,
      reason: `${quoted(pair)} have an unobserved common cause, so their noises are dependent`,
    });
  if (plan === undefined) return found;
  const byName = mechanismsByName(model);
  for (const { noiseOf, method } of plan.abduct) {
    if (method !== "none" || latent.includes(noiseOf)) continue;
    const { kind } = byName.get(noiseOf)!;
    found.push({
      variables: [noiseOf],
      reason: `the noise of ${quoted([noiseOf])} cannot be recovered: ${writtenKind[kind] ?? `\`${kind}\``} has no abduction`,
    });
  }
  return found;
}

const writtenKind: Readonly<Record<string, string>> = {
  expression: "its expression",
  operator: "its image operator",
};
