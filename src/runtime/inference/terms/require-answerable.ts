/** Refuses, below every door, what a model cannot answer: see `model/answerable`. */

import { targetNames } from "../../../algebra/expression.js";
import { failure } from "../../../diagnostics/diagnostic.js";
import { type AskedTerm, obstaclesTo, obstacleText } from "../../../model/plans/answerable.js";
import type { Model, QueryTerm } from "../../../schema/types.js";

/**
 * Throws where something stands in the way of an answer, with all of it; `known` are latent variables of which units
 * have values all the same.
 */
export function requireAnswerable(model: Model, term: AskedTerm, known: Iterable<string> = []): void {
  const latent = new Set(model.variables.filter((variable) => variable.latent).map(({ name }) => name));
  for (const name of known) latent.delete(name);
  const obstacles = obstaclesTo(model, (name) => latent.has(name), term);
  if (obstacles.length === 0) return;
  const reasons = [...new Set(obstacles.map(obstacleText))];
  throw failure(
    "7109",
    model.name,
    `this cannot be computed: ${reasons.join("; ")}`,
    "`scmc plan` with the same question says what is missing.",
  );
}

export function requireTermAnswerable(
  model: Model,
  { kind, of, evidence, interventions }: QueryTerm,
  known: Iterable<string> = [],
): void {
  const given = evidence.map(({ variable }) => variable);
  requireAnswerable(model, { kind, targets: targetNames(of), evidence: given, interventions }, known);
}
