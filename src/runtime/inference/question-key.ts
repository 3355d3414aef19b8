/**
 * The random key of a question: the seed and the question's compiled form decide it, so that one seed gives one answer,
 * whichever door the question came by, and whatever its name and the layout of its text.
 */
import type { Evidence, QueryExpression } from "../../schema/types.js";
import type { LoadedModel } from "../mechanisms/loaded-model.js";
import { RandomKey } from "../tensors/random/random-key.js";
import { requireValue } from "./exact/evidence-values.js";

/**
 * Samples and counterfactuals have the key of their world, that is of their evidence and their interventions: asking
 * for fewer variables gives the same units.
 */
export function questionKey({ loaded, seed }: Asked, expression: QueryExpression): RandomKey {
  return RandomKey.fromSeed(seed)
    .split("question")
    .split(canonicalText(formOf(loaded, expression)));
}

interface Asked {
  readonly loaded: LoadedModel;
  readonly seed: number;
}

/** What is asked, without what was derived from it: plans, and interventions solved for their noise. */
function formOf(loaded: LoadedModel, expression: QueryExpression): unknown {
  if (expression.kind === "constant") return expression;
  if (expression.kind === "apply")
    return [expression.function, ...expression.arguments.map((one) => formOf(loaded, one))];
  const { kind, of, level, at = [] } = expression;
  const valuesOf = (stated: readonly Evidence[]) =>
    stated.map((one) => [one.variable, requireValue(loaded, one)] as const).sort(byName);
  const interventions = expression.interventions.map(({ inverse: _, ...intervention }) => intervention);
  const world = [kind, valuesOf(expression.evidence), interventions];
  return kind === "sample" || kind === "counterfactual" ? world : [...world, of, level ?? null, valuesOf(at)];
}

const byName = ([a]: readonly [string, number], [b]: readonly [string, number]) => (a < b ? -1 : 1);

/** JSON with its keys in order, so that equal forms have equal texts. */
function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
