/**
 * `scmc effect`: the contrast of a mean between two worlds with common random numbers. Against the world as it is, the effect is also
 * told apart: direct, where only the affected variable's own mechanism sees the change (`do(… for i)`), and indirect, where only the
 * other children see it (the natural direct and indirect effects; Pearl 2001). The two need not add up to the whole.
 */

import { failure } from "../../diagnostics/diagnostic.js";
import { graphOf } from "../../model/plan.js";
import type { Intervention, Query, QueryTerm } from "../../model/schema-types.js";
import { ask, boundModel, type QuestionOptions } from "../ask.js";
import { describeAnswer } from "../describe-answer.js";
import { compileQuestion, conditionsText } from "../question.js";
import { printAnswers } from "./expectation.js";

export interface EffectOptions extends QuestionOptions {
  readonly of: string;
  readonly versus?: readonly string[];
}

export async function effect(path: string, options: EffectOptions): Promise<void> {
  const { of, given, versus, do: action } = options;
  if (action === undefined)
    throw failure("7108", "--do", "an effect is one of an intervention, and there is none", 'Add --do "t := t + 1".');
  const asked = await ask(path, options);
  const model = boundModel(asked.loaded);
  const text = `expectation(${of}${conditionsText(given, action)}) - expectation(${of}${conditionsText(given, versus)})`;
  const total = compileQuestion(text, model);
  const parts = versus === undefined ? pathParts(total, of, graphOf(model)) : [];
  const described: Record<string, unknown>[] = [];
  // One name for all, so that they share their draws.
  for (const query of [{ ...total, name: "average effect" }, ...parts])
    for (const answer of await asked.answer({ ...query, name: "effect" }))
      described.push({ ...describeAnswer(answer, 0), name: query.name });
  printAnswers(described, options);
}

/** The direct and the indirect effect, where there are such paths; of one variable's intervention on another. */
function pathParts(total: Query, of: string, graph: ReturnType<typeof graphOf>): Query[] {
  if (total.expression.kind !== "apply" || !graph.has(of)) return [];
  const [changed, natural] = total.expression.arguments as [QueryTerm, QueryTerm];
  const [intervention, ...others] = changed.interventions as [Intervention, ...Intervention[]];
  if (others.length > 0 || intervention.only !== undefined) return [];
  const children = graph.children(intervention.variable);
  const mediators = children.filter((child) => child !== of);
  const seenBy = (name: string, only: readonly string[]): Query => ({
    name,
    expression: {
      kind: "apply",
      function: "subtract",
      arguments: [{ ...changed, interventions: [{ ...intervention, only: [...only] }] }, natural],
    },
  });
  return [
    ...(children.includes(of) ? [seenBy("direct effect", [of])] : []),
    ...(mediators.some((child) => graph.descendants([child]).has(of)) ? [seenBy("indirect effect", mediators)] : []),
  ];
}
