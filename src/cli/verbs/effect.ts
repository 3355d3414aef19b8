/**
 * `scmc effect`: the contrast of a mean between two worlds with common random numbers. The effect of one variable is
 * also split into two parts: direct, if only the affected variable's own mechanism sees the change (`do(… for i)`), and
 * indirect, if only the other children see it. Everything else stays as in the reference world (the natural direct and
 * indirect effects; Pearl 2001). The two parts need not add up to the whole.
 */

import { namesIn } from "../../algebra/expression.js";
import { failure } from "../../diagnostics/diagnostic.js";
import { graphOf } from "../../model/plans/plan.js";
import { wholeAnswer } from "../../runtime/inference/whole-answer.js";
import { boundModel } from "../../runtime/mechanisms/loaded-model.js";
import type { Intervention, Query, QueryTerm } from "../../schema/types.js";
import { compileQuestion, conditionsText, meanText } from "../options/question.js";
import { ask, type QuestionOptions } from "../places/ask.js";
import { describeAnswer } from "../print/describe-answer.js";
import { printAnswers } from "../print/print-answers.js";

export interface EffectOptions extends QuestionOptions {
  readonly of: string;
  readonly versus?: readonly string[];
}

export async function effect(path: string, options: EffectOptions): Promise<void> {
  const { of, given, versus, do: action } = options;
  if (action === undefined)
    throw failure("7108", "--do", "an effect is one of an intervention, and there is none", 'Add --do "t := t + 1".');
  const { session, terminal } = await ask(path, options);
  const { loaded } = session;
  const model = boundModel(loaded);
  const changed = meanText(of, conditionsText(given, action));
  // The changed world is compiled alone first, so an error in both worlds is reported once.
  compileQuestion(changed, model);
  const total = compileQuestion(`${changed} - ${meanText(of, conditionsText(given, versus))}`, model);
  const parts = pathParts(total, graphOf(model));
  const described: Record<string, unknown>[] = [];
  for (const query of [{ ...total, name: "average effect" }, ...(Array.isArray(parts) ? parts : [])])
    for (const one of await wholeAnswer(session, query, undefined, { samples: options.samples }))
      described.push(describeAnswer(loaded, one));
  printAnswers(described, options);
  if (!Array.isArray(parts)) terminal.note(`not told apart: ${parts.reason}`);
}

type Parts = Query[] | { readonly reason: string };

/** The direct and the indirect effect, if both kinds of path exist. */
function pathParts({ expression }: Query, graph: ReturnType<typeof graphOf>): Parts {
  if (expression.kind !== "apply") return [];
  const [changed, natural] = expression.arguments as [QueryTerm, QueryTerm];
  const [of, ...otherTargets] = changed.of.flatMap((target) => namesIn(target, "variable"));
  if (of === undefined) return [];
  if (otherTargets.length > 0) return { reason: "direct and indirect effects are effects on one variable" };
  const [intervention, ...others] = changed.interventions as [Intervention, ...Intervention[]];
  const { interventions: reference } = natural;
  const isOne = others.length === 0 && reference.every(({ variable }) => variable === intervention.variable);
  if (!isOne) return { reason: "direct and indirect effects are effects of one variable" };
  if (intervention.only !== undefined || reference.some(({ only }) => only !== undefined))
    return { reason: "an intervention names the children that see it (for …), which is a path already" };
  if (reference.length > 0 && changed.evidence.length > 0)
    return {
      reason: "with --given, direct and indirect effects are those against no intervention: leave out --versus",
    };
  if (reference.some(({ noises }) => noises.length > 0))
    return { reason: "the intervention that is compared with draws noise of its own" };
  const children = graph.children(intervention.variable);
  const mediators = children.filter((child) => child !== of);
  const seenBy = (name: string, only: readonly string[]): Query => {
    const interventions = [...reference, { ...intervention, only: [...only] }];
    return {
      name,
      expression: { kind: "apply", function: "subtract", arguments: [{ ...changed, interventions }, natural] },
    };
  };
  return [
    ...(children.includes(of) ? [seenBy("direct effect", [of])] : []),
    ...(mediators.some((child) => graph.descendants([child]).has(of)) ? [seenBy("indirect effect", mediators)] : []),
  ];
}
