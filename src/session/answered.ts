/** What `ask` gives: plain objects, typed by the model's variables, and failures in the library's words. */

import { levelsIn, print } from "../algebra/print-expression.js";
import { failure, ScmcError } from "../diagnostics/diagnostic.js";
import type { Setting } from "../runtime/inference/answer.js";
import type { Estimate } from "../runtime/inference/terms/expectation.js";
import type { ParticleError } from "../runtime/inference/units/particle-error.js";
import type { PatternReport } from "../runtime/inference/units/patterns-found.js";
import type { Answer } from "../runtime/inference/whole-answer.js";
import { boundModel, type LoadedModel } from "../runtime/mechanisms/loaded-model.js";
import type { SupportFinding } from "../runtime/support/finding.js";
import type { Expression, QueryPlan } from "../schema/types.js";
import { type Answers, answerOf } from "./values.js";

/** A query's answer, or that of one world of a grid. */
export type Answered<Types> = EstimateAnswered | SampleAnswered<Types> | CounterfactualAnswered<Types>;

interface InWorld {
  /** Of a grid, what its variables are set to in this world: numbers, classes by the texts of their levels. */
  readonly setting?: Readonly<Record<string, number | string>>;
}

export interface EstimateAnswered extends Estimate, InWorld {
  readonly kind: "estimate";
}

export interface SampleAnswered<Types> {
  readonly kind: "sample";
  readonly rows: number;
  /** The columns that were asked for. */
  readonly values: Partial<Answers<Types>>;
  /** Where evidence weighs the draws: how many equally weighted ones they are worth. */
  readonly effectiveSize: number | null;
  /** Where the draws lean on causes that training hardly held. */
  readonly support: readonly SupportFinding[];
}

export interface CounterfactualAnswered<Types> extends InWorld {
  readonly kind: "counterfactual";
  /** The mean over particles, `[units, size]`; for classes the modal one. */
  readonly values: Partial<Answers<Types>>;
  /** The share of particles in each class, `[units, classes]`, for the computed variables that have classes. */
  readonly probabilities: { readonly [Name in keyof Types]?: Float32Array };
  readonly plan: QueryPlan;
  /** Where the answer leans on causes that training hardly held. */
  readonly support: readonly SupportFinding[];
  /** How missing values were found. */
  readonly inference: readonly PatternReport[];
  /**
   * Of the one unit of the query's evidence: the spread over its particles and the error of their mean, by variable.
   */
  readonly errors?: { readonly [Name in keyof Types]?: ParticleError };
}

export function answered<Types>(loaded: LoadedModel, answer: Answer): Answered<Types> {
  const columns = (values: ReadonlyMap<string, Float32Array>) =>
    Object.fromEntries(
      [...values].map(([name, data]) => [name, answerOf(loaded.variables.get(name)!, data)]),
    ) as Partial<Answers<Types>>;
  switch (answer.kind) {
    case "estimate": {
      const { name: _, setting, ...figures } = answer;
      return { ...figures, ...settingOf(loaded, setting) };
    }
    case "sample": {
      const { kind, rows, values, effectiveSize, support } = answer;
      return { kind, rows, values: columns(values), effectiveSize, support };
    }
    case "counterfactual": {
      const { kind, setting, errors, plan, support, inference, targets } = answer;
      const probabilities = Object.fromEntries(answer.probabilities) as CounterfactualAnswered<Types>["probabilities"];
      const values = columns(new Map(targets.map((name) => [name, answer.values.get(name)!])));
      return {
        kind,
        ...settingOf(loaded, setting),
        values,
        probabilities,
        plan,
        support,
        inference,
        ...(errors ? { errors: Object.fromEntries(errors) as CounterfactualAnswered<Types>["errors"] & object } : {}),
      };
    }
    case "unanswered":
      throw failure("7062", loaded.model.name, answer.reason, unitsHint);
  }
}

function settingOf(loaded: LoadedModel, setting: Setting | undefined): InWorld {
  if (setting === undefined) return {};
  const levelsOf = levelsIn(boundModel(loaded));
  const plain = (variable: string, value: Expression) =>
    value.kind === "constant" ? (levelsOf(variable)?.[value.value] ?? value.value) : print(value, levelsOf);
  return {
    setting: Object.fromEntries(Object.entries(setting).map(([variable, value]) => [variable, plain(variable, value)])),
  };
}

const unitsHint = "Give their columns in `units`.";
/** Observed values that are lacking. */
const unitsCodes: ReadonlySet<string> = new Set(["7062", "7072"]);

/** Hints name manifests and options of the command line; a caller of the library has neither. */
export async function inLibraryWords<Result>(work: Promise<Result>): Promise<Result> {
  return work.catch((error: unknown) => {
    if (!(error instanceof ScmcError)) throw error;
    throw new ScmcError(error.diagnostics.map((one) => (unitsCodes.has(one.code) ? { ...one, hint: unitsHint } : one)));
  });
}
