/** Answers of queries as JSON and as lines of text: for `scmc run` and the verbs that ask one query. */

import { levelsIn, printValue } from "../../algebra/print-expression.js";
import { writeProposals } from "../../compiler/describe-plan.js";
import type { CounterfactualSummary, SampleSummary, Setting } from "../../runtime/inference/answer.js";
import type { TermInference } from "../../runtime/inference/terms/expectation.js";
import type { UnitCount } from "../../runtime/inference/terms/term-summary.js";
import type { PatternReport } from "../../runtime/inference/units/patterns-found.js";
import { smallEffectiveSize } from "../../runtime/inference/units/question.js";
import type { EstimateAnswer, Named, Unanswered } from "../../runtime/inference/whole-answer.js";
import { boundModel, type LoadedModel } from "../../runtime/mechanisms/loaded-model.js";
import type { SupportFinding } from "../../runtime/support/finding.js";
import type { Expression, InferencePlan, QueryPlan } from "../../schema/types.js";
import { doubtLine, estimateText } from "./estimate-text.js";
import { errorLines, errorsJson } from "./particle-error-text.js";

/** The description of an answer; its units are in files. */
export type Described =
  | EstimateAnswer
  | Unanswered
  | (Named & Omit<SampleSummary, "world">)
  | (Named & Omit<CounterfactualSummary, "world">);

export function describeAnswer(
  loaded: LoadedModel,
  answer: Described,
  unitsOption: "--data" | "--test" = "--data",
): Record<string, unknown> {
  switch (answer.kind) {
    case "estimate":
      return {
        name: answer.name,
        kind: answer.kind,
        ...settingJson(loaded, answer),
        value: answer.value,
        standardError: answer.standardError,
        ...(answer.interval ? { interval: answer.interval } : {}),
        samples: answer.rows,
        precision: answer.precision,
        ...(answer.units
          ? { units: answer.units.used, unitsLeftOut: answer.units.of - answer.units.used, drawn: answer.units.drawn }
          : {}),
        ...(answer.inference.length > 0 ? { inference: answer.inference } : {}),
        ...supportJson(answer.support),
        notes: [
          ...unitNotes(answer.units),
          ...massNotes(answer.pointMasses),
          ...supportLines(answer.support),
          ...(answer.doubts ?? []).map(doubtLine),
          ...answer.inference.flatMap(effectiveSizeWarning),
        ],
      };
    case "unanswered":
      return {
        name: answer.name,
        kind: answer.kind,
        reason: reasonText(answer, unitsOption),
        failed: answer.failed ?? false,
      };
    case "sample":
      return {
        name: answer.name,
        kind: answer.kind,
        units: answer.rows,
        files: `queries/${answer.name}`,
        effectiveSize: answer.effectiveSize,
        ...supportJson(answer.support),
        notes: [
          ...supportLines(answer.support),
          ...(answer.effectiveSize === null ? [] : sizeWarning(answer.effectiveSize)),
        ],
      };
    case "counterfactual":
      return {
        name: answer.name,
        kind: answer.kind,
        ...settingJson(loaded, answer),
        units: answer.rows,
        files: `queries/${answer.name}`,
        plan: answer.plan,
        ...errorsJson(answer.errors),
        ...supportJson(answer.support),
        ...(answer.inference.length > 0 ? { inference: answer.inference } : {}),
        notes: [
          ...errorLines(loaded, answer.errors),
          ...summaryLines(answer.plan, answer.support),
          ...inferenceLines(answer.inference),
        ],
      };
  }
}

const unitsText = { "--data": "name them with --data", "--test": "name test data with --test" } as const;

/** The reason why a query is not answered; if it lacks units, the way to give them. */
export function reasonText({ reason, needs }: Unanswered, unitsOption: keyof typeof unitsText): string {
  return needs ? `${reason}: ${unitsText[unitsOption]}` : reason;
}

/**
 * The values of a grid's world as JSON, with classes as the texts of their levels, and the title `effect.2 [t := 3]`.
 */
function settingJson(loaded: LoadedModel, { name, setting }: { readonly name: string; readonly setting?: Setting }) {
  if (setting === undefined) return {};
  const levelsOf = levelsIn(boundModel(loaded));
  const textOf = (variable: string, value: Expression): string => {
    const level = value.kind === "constant" ? levelsOf(variable)?.[value.value] : undefined;
    return level ?? printValue(value, variable, levelsOf);
  };
  return {
    setting: Object.fromEntries(
      Object.entries(setting).map(([variable, value]) => [variable, textOf(variable, value)]),
    ),
    title: worldTitle(loaded, name, setting),
  };
}

/** A query's name with the values of its grids: `effect.2 [t := 3]`. */
export function worldTitle(loaded: LoadedModel, name: string, setting: Setting | undefined): string {
  return setting === undefined ? name : `${name} [${settingText(loaded, setting)}]`;
}

/** `t := 3, c := "a"` */
export function settingText(loaded: LoadedModel, setting: Setting): string {
  const levelsOf = levelsIn(boundModel(loaded));
  return Object.entries(setting)
    .map(([variable, value]) => `${variable} := ${printValue(value, variable, levelsOf)}`)
    .join(", ");
}

const titleOf = ({ title, name }: Record<string, unknown>): string => String(title ?? name);

/** The lines for an answer in its JSON form, which `scmc run` prints and stores. */
export function answerLines(query: Record<string, unknown>): string[] {
  const notes = (query.notes as string[] | undefined) ?? [];
  switch (query.kind) {
    case "estimate":
      return [`${titleOf(query)} ${estimateText(query)}`, ...notes];
    case "unanswered":
      return [`${query.name}: not answered: ${query.reason}`];
    default:
      return [
        `${titleOf(query)}: ${query.units} ${query.units === 1 ? "unit" : "units"} ${query.files === "stdout" ? "on" : "in"} ${query.files}`,
        ...notes,
      ];
  }
}

function unitNotes(units: UnitCount | undefined): string[] {
  if (units === undefined || units.used === units.of) return [];
  const left = units.of - units.used;
  return [
    `  ${left} of ${units.of} units left out: a variable that the density is of is missing in ${left === 1 ? "it" : "them"}`,
  ];
}

function massNotes(all: EstimateAnswer["pointMasses"] = []): string[] {
  return all.map(
    ({ variable, values }) =>
      `  ${variable} has a probability of its own at ${values.join(" and ")}: the log-density there is the logarithm of that probability`,
  );
}

function effectiveSizeWarning({ effectiveSize, plan }: TermInference): string[] {
  return effectiveSize === null ? [] : sizeWarning(effectiveSize, plan);
}

function sizeWarning(size: number, plan?: InferencePlan): string[] {
  if (size >= smallEffectiveSize) return [];
  return [
    `  warning: the evidence leaves draws worth ${size.toFixed(1)} independent ones: the figure is not to be relied on; ask for more with --samples${orLearn(plan)}`,
  ];
}

/** Suggests how to get better proposals for an image whose posterior is not learned. */
function orLearn({ learnable = [] }: Pick<InferencePlan, "learnable"> = {}): string {
  if (learnable.length === 0) return "";
  return `, or fit with ${learnable.map((name) => `\`${name}(posterior = learned)\``).join(", ")}`;
}

/** Says how missing values were found, one line for each pattern of observed variables. */
export function inferenceLines(inference: readonly PatternReport[]): string[] {
  return inference.flatMap(({ plan, units, closedForm, effectiveSize, proposals }) => {
    const missing = [...plan.infer, ...plan.draw].join(", ");
    const from = plan.observed.length === 0 ? "nothing" : plan.observed.join(", ");
    const how = closedForm ? "in closed form" : methodOf(plan);
    const lines = [`  ${units} ${units === 1 ? "unit" : "units"} without ${missing}, found from ${from} ${how}`];
    if (effectiveSize === null) return lines;
    const { smallest, median, unit } = effectiveSize;
    lines.push(
      `  effective sample size of ${proposals} proposals: median ${Math.round(median)}, smallest ${smallest.toFixed(1)} (${unit})`,
    );
    const resting = units > 1 && median < smallEffectiveSize ? "half of these units or more rest" : `${unit} rests`;
    if (smallest < smallEffectiveSize)
      lines.push(
        `  warning: the smallest effective sample size is ${smallest.toFixed(1)}: ${resting} on so few particles that the figures say little; ask for more with --proposals${orLearn(plan)}`,
      );
    return lines;
  });
}

function methodOf(plan: InferencePlan): string {
  const by = plan.proposals ? `, ${writeProposals(plan)}` : "";
  return `${methodText[plan.method]}${by}`;
}

const methodText: Readonly<Record<PatternReport["plan"]["method"], string>> = {
  complete: "as they are",
  ancestral: "by their mechanisms",
  gaussian: "by exact draws of a normal posterior",
  enumeration: "by draws of the enumerated posterior",
  importance: "by importance sampling",
  impossible: "not at all",
};

export function summaryLines(plan: QueryPlan, support: readonly SupportFinding[]): string[] {
  const list = (names: readonly string[]) => (names.length === 0 ? "none" : names.join(", "));
  return [
    `  replaced: ${list(plan.replace)}; recomputed: ${list(plan.recompute)}; copied: ${list(plan.copy)}`,
    ...supportLines(support),
  ];
}

/** Says where the training rows hold (almost) none of the data that an answer depends on, one line for each cause. */
export function supportLines(support: readonly SupportFinding[]): string[] {
  return support.map(({ message }) => `  ${message}`);
}

/** The support findings as JSON; absent if the training rows support the whole answer. */
export function supportJson(support: readonly SupportFinding[]): { readonly support?: readonly SupportFinding[] } {
  return support.length > 0 ? { support } : {};
}
