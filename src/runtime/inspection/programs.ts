/**
 * The programs of a model by name, without running them: the very ones that a fit, a sample, an evaluation or a query
 * compiles, made by the functions that those use. A query that asks for a number has one program a term, and one for
 * its expression.
 */

import { namesIn } from "../../algebra/expression.js";
import { isLearned } from "../../model/catalogue/mechanism-kinds.js";
import { planCounterfactual, worldsOf } from "../../model/plans/plan.js";
import { termsOf } from "../../model/plans/query-terms.js";
import type { Intervention, LearnedMechanism, Query, QueryTerm } from "../../schema/types.js";
import { gradientProgram, isAskedForGradient, rowsOfBlock } from "../fitting/steps/convergence.js";
import type { FitData } from "../fitting/steps/fit-data.js";
import { batchOf } from "../fitting/steps/fit-mechanism.js";
import { type FitOptions, fitOptionsOf } from "../fitting/steps/fit-options.js";
import { heldOutRowsOf } from "../fitting/steps/held-out.js";
import { heldOutProgram, largestBlock } from "../fitting/steps/held-out-loss.js";
import { initialProgram, mostRows } from "../fitting/steps/initial-from-rows.js";
import { trainingProgram } from "../fitting/steps/training-program.js";
import { blockOf, defaultBlock } from "../inference/programs/block-size.js";
import { counterfactualProgram } from "../inference/programs/counterfactual.js";
import { expressionProgram } from "../inference/programs/evaluate-rows.js";
import { importanceBoundProgram, unitsInBlock } from "../inference/programs/importance-bound.js";
import { logProbabilityProgram, targetsWithDensity } from "../inference/programs/log-probability.js";
import { sampleProgram } from "../inference/programs/sample.js";
import { namesDrawnFor } from "../inference/terms/asked-support.js";
import { splitTarget } from "../mechanisms/bound/centred-model.js";
import { sizeOf } from "../mechanisms/bound/variables.js";
import type { Fittable } from "../mechanisms/contract/mechanism.js";
import { type LoadedModel, parametersOf } from "../mechanisms/loaded-model.js";
import { drawsLookedUp } from "../support/thresholds.js";
import type { LoopSpec, ProgramSpec } from "../tensors/core/engine.js";
import type { Rows } from "../tensors/core/rows.js";
import { RandomKey } from "../tensors/random/random-key.js";

export type AnyProgram =
  | { readonly kind: "once"; readonly spec: ProgramSpec }
  /** The graph is one step's. */
  | { readonly kind: "loop"; readonly spec: LoopSpec };

export interface NamedProgram {
  readonly name: string;
  /** What it computes, in a line. */
  readonly what: string;
  /** Rows of one call, or of one step. */
  readonly rows: number;
  build(): AnyProgram;
}

export interface ProgramsRequest {
  readonly loaded: LoadedModel;
  /** Rows of the training data, which bound a batch; null where nothing is fitted. */
  readonly trainingRows: number | null;
  readonly particles: number;
  /** Rows of one call in place of what is usual. */
  readonly batch?: number;
  /** An intervention of the command line: `sample` is under it, and there is a `counterfactual`. */
  readonly interventions?: readonly Intervention[];
}

/** Random inputs are drawn when a program runs; its shape does not depend on the key. */
const anyKey = RandomKey.fromSeed(0);

export function programsOf(request: ProgramsRequest): NamedProgram[] {
  const { loaded, interventions = [] } = request;
  return [
    ...loaded.model.mechanisms.filter(isLearned).flatMap((mechanism) => fittingPrograms(request, mechanism)),
    ...samplingPrograms(request),
    ...densityPrograms(request),
    ...(interventions.length > 0
      ? [counterfactualOf(request, "counterfactual", interventions, observedNames(loaded))]
      : []),
    ...loaded.model.queries.flatMap((query) => queryPrograms(request, query)),
  ];
}

function fittingPrograms(request: ProgramsRequest, mechanism: LearnedMechanism): NamedProgram[] {
  const { loaded, trainingRows } = request;
  if (trainingRows === null) return [];
  const { variable, parents } = mechanism;
  const runnable = loaded.mechanisms.get(variable)!;
  const data: FitData = {
    value: noRows(loaded, variable),
    parents: Object.fromEntries(parents.map((parent) => [parent, noRows(loaded, parent)])),
  };
  const options = fitOptionsOf(loaded.model.fits, mechanism, loaded.variables.get(variable)!.domain, trainingRows);
  const batch = request.batch ?? batchOf(options, trainingRows);
  const block = request.batch ?? Math.min(largestBlock, heldOutRowsOf(trainingRows));
  const rows = request.batch ?? Math.min(mostRows, trainingRows - heldOutRowsOf(trainingRows));
  const initial = initialProgram(runnable, data, rows, parametersOf(loaded.parameters, variable));
  return [
    ...(initial
      ? [
          {
            name: `${variable}.initialise`,
            what: `what of ${variable} is initialised from the first rows`,
            rows,
            build: () => ({ kind: "once", spec: initial }) as const,
          },
        ]
      : []),
    {
      name: `${variable}.train`,
      what: `one step of fitting ${variable}: loss, gradients, Adam`,
      rows: batch,
      build: () => ({ kind: "loop", spec: trainingProgram(runnable, data, batch, options) }),
    },
    {
      name: `${variable}.held_out_loss`,
      what: `the held-out loss of ${variable} after each epoch`,
      rows: block,
      build: () => ({ kind: "once", spec: heldOutProgram(runnable, data, block) }),
    },
    ...gradientPrograms(request, runnable, data, options, trainingRows - heldOutRowsOf(trainingRows)),
  ];
}

function gradientPrograms(
  { batch }: ProgramsRequest,
  mechanism: Fittable,
  data: FitData,
  { weightDecay, particles }: FitOptions,
  trainingRows: number,
): NamedProgram[] {
  const rows = batch ?? rowsOfBlock(trainingRows);
  if (rows === 0 || !isAskedForGradient(mechanism, weightDecay)) return [];
  return [
    {
      name: `${mechanism.variable}.gradient`,
      what: `the gradient at the end of the fit of ${mechanism.variable}, on a block of its rows`,
      rows,
      build: () => ({ kind: "once", spec: gradientProgram(mechanism, data, rows, particles) }),
    },
  ];
}

function samplingPrograms(request: ProgramsRequest): NamedProgram[] {
  const { loaded, interventions = [] } = request;
  const under = interventions.length > 0 ? " under the intervention" : "";
  const rows = request.batch ?? defaultBlock(loaded);
  const program = (name: string, what: string, targets: readonly string[]): NamedProgram => ({
    name,
    what: `${what}${under}`,
    rows,
    build: () => ({
      kind: "once",
      spec: sampleProgram({ loaded, key: anyKey, interventions, targets }, rows).spec,
    }),
  });
  return [
    program("sample", "units from their noises", loaded.model.order),
    ...[...loaded.mechanisms.keys()].map((name) => program(`${name}.sample`, `${name} and what it needs`, [name])),
  ];
}

function densityPrograms(request: ProgramsRequest): NamedProgram[] {
  const { loaded } = request;
  const rows = request.batch ?? defaultBlock(loaded);
  const observed = noObservations(loaded);
  const program = (name: string, what: string, targets: readonly string[]): NamedProgram => ({
    name,
    what,
    rows,
    build: () => ({ kind: "once", spec: logProbabilityProgram({ loaded, observed, key: anyKey, targets }, rows).spec }),
  });
  const all = targetsWithDensity({ loaded }).filter((name) => observed.has(name));
  if (all.length === 0) return [];
  return [
    program("log_probability", "log-probabilities of observed units, a term a variable", all),
    ...all.map((name) => program(`${name}.log_probability`, `the term of ${name}`, [name])),
    ...all.filter((name) => loaded.mechanisms.get(name)!.logWeight).map((name) => importanceBoundOf(request, name)),
  ];
}

function importanceBoundOf({ loaded, batch }: ProgramsRequest, name: string): NamedProgram {
  const rows = batch ?? unitsInBlock;
  const observed = noObservations(loaded);
  return {
    name: `${name}.importance_bound`,
    what: `the importance-weighted bound of ${name}`,
    rows,
    build: () => ({
      kind: "once",
      spec: importanceBoundProgram({ loaded, observed, key: anyKey }, name, rows).spec,
    }),
  };
}

function counterfactualOf(
  { loaded, particles, batch }: ProgramsRequest,
  name: string,
  interventions: readonly Intervention[],
  targets: readonly string[],
): NamedProgram {
  const rows = batch ?? defaultBlock(loaded, particles);
  const observed = noObservations(loaded);
  return {
    name,
    what: `abduction, action and prediction, ${particles} particles a unit where the noise is sampled`,
    rows,
    build: () => {
      const plan = planCounterfactual(loaded.model, interventions, targets);
      const request = { loaded, observed, interventions, particles, key: anyKey };
      return { kind: "once", spec: counterfactualProgram(request, plan, targets, rows).spec };
    },
  };
}

function queryPrograms(request: ProgramsRequest, { name, expression }: Query): NamedProgram[] {
  if (expression.kind !== "sample" && expression.kind !== "counterfactual") {
    // The programs of a term with evidence, and of a density, depend on the evidence's inference plan.
    const terms = termsOf(expression).filter(({ kind, evidence }) => kind !== "density" && evidence.length === 0);
    return terms.flatMap((term, k) => termPrograms(request, terms.length === 1 ? name : `${name}.${k + 1}`, term));
  }
  if (expression.kind === "sample" || expression.evidence.length > 0) return [];
  const targets = expression.of.flatMap((target) => (target.kind === "variable" ? [target.name] : []));
  if (targets.length < expression.of.length) return [];
  return [counterfactualOf(request, `query.${name}`, worldsOf(expression.interventions)[0]!, targets)];
}

function termPrograms({ loaded, batch }: ProgramsRequest, name: string, term: QueryTerm): NamedProgram[] {
  const rows = batch ?? defaultBlock(loaded);
  const [target] = term.of;
  const targets = target === undefined ? [] : namesIn(target, "variable");
  const interventions = worldsOf(term.interventions)[0]!;
  const sampling: NamedProgram = {
    name: `query.${name}`,
    what: `draws of ${targets.join(", ")} for ${term.kind}(…)`,
    rows,
    build: () => ({ kind: "once", spec: sampleProgram({ loaded, key: anyKey, interventions, targets }, rows).spec }),
  };
  const support = supportPrograms(loaded, name, interventions, targets);
  if (target === undefined || target.kind === "variable" || targets.length === 0) return [sampling, ...support];
  const evaluation: NamedProgram = {
    name: `query.${name}.expression`,
    what: "the term's expression at the draws",
    rows,
    build: () => ({ kind: "once", spec: expressionProgram(splitTarget(target, loaded.variables).rest, targets, rows) }),
  };
  return [sampling, evaluation, ...support];
}

/** Draws of the causes that are looked up among the training rows. */
function supportPrograms(
  loaded: LoadedModel,
  name: string,
  interventions: readonly Intervention[],
  asked: readonly string[],
): NamedProgram[] {
  const targets = namesDrawnFor(loaded, interventions, asked);
  if (targets.length === 0) return [];
  const rows = blockOf(loaded, undefined, drawsLookedUp);
  return [
    {
      name: `query.${name}.support`,
      what: `draws of ${targets.join(", ")}, which are looked up among the training rows`,
      rows,
      build: () => ({
        kind: "once",
        spec: sampleProgram({ loaded, key: anyKey, interventions, targets, noises: false }, rows).spec,
      }),
    },
  ];
}

function observedNames({ model }: LoadedModel): string[] {
  return model.variables.filter(({ latent }) => !latent).map(({ name }) => name);
}

/** Size and type of a variable's rows, as a data set would have them. */
function noRows({ variables }: LoadedModel, name: string): Rows {
  const { domain } = variables.get(name)!;
  const data = domain.kind === "image" ? new Uint8Array(0) : new Float32Array(0);
  return { rows: 0, size: sizeOf(domain), data };
}

function noObservations(loaded: LoadedModel): Map<string, Rows> {
  return new Map(observedNames(loaded).map((name) => [name, noRows(loaded, name)]));
}
