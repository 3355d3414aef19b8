/**
 * Counterfactuals of observed units (paper, §3: abduction, action, prediction) as one program per block of units.
 *
 * Abduct the noises that the plan names from the observed values, replace the intervened assignments, recompute the
 * descendants, copy the rest bit for bit. An amortised or posterior abduction draws `particles` noises a unit; every particle is
 * a joint world, and the particles are aggregated last: by their mean in the variable's own unit, for classes by their shares.
 */
import { failure } from "../../diagnostics/diagnostic.js";
import { planCounterfactual } from "../../model/plan.js";
import type { Intervention, QueryPlan } from "../../model/schema-types.js";
import type { Engine, HostData, ProgramSpec, TensorSpec, Tensors } from "../engine/engine.js";
import type * as tf from "../engine/tfjs.js";
import { type LoadedModel, parametersOf } from "../loaded-model.js";
import { meanOverParticles } from "../mechanisms/context.js";
import { indicator } from "../mechanisms/gumbel-max.js";
import type { RandomKey } from "../random/random-key.js";
import { blockIndices, gatherRows, type Rows, specOf } from "../rows.js";
import { named } from "../training/training-program.js";
import { classesOf } from "../variables.js";
import { type ReportRows, runInBlocks } from "./blocks.js";
import { outsideOutputs, requireInside } from "./domain-limits.js";
import { type OperatorRecords, predictOperators } from "./operators.js";
import { RandomInputs } from "./random-inputs.js";
import { type OutsideRange, outsideRanges, rangeOutputs } from "./training-range.js";
import { evaluateWorld } from "./world.js";

export interface CounterfactualRequest {
  readonly loaded: LoadedModel;
  readonly engine: Engine;
  /** Observed values by variable: at least those that the plan reads. */
  readonly observed: ReadonlyMap<string, Rows>;
  /** Recorded items of operator variables (abduction by record). */
  readonly records?: OperatorRecords;
  readonly interventions: readonly Intervention[];
  /** The variables wanted; all by default. */
  readonly targets?: readonly string[];
  readonly particles: number;
  readonly key: RandomKey;
  readonly block?: number;
  readonly onRows?: ReportRows;
}

export interface CounterfactualAnswer {
  readonly plan: QueryPlan;
  /**
   * By variable, `[units, size]`, in the variable's own unit: the mean over particles, for binary, categorical and ordinal variables
   * the modal class; copied variables as observed.
   */
  readonly values: ReadonlyMap<string, Float32Array>;
  /** For each computed variable with classes, the share of particles in each class, `[units, classes]`. */
  readonly probabilities: ReadonlyMap<string, Float32Array>;
  /** Where learned mechanisms extrapolate. */
  readonly outside: readonly OutsideRange[];
}

/** Units times particles in a block: some 2,000 decoded images are 10 MB a tensor. */
const rowsInBlock = 2048;
const largestBlock = 256;

/** Units that are computed in one call. */
export function unitsInBlock(particles: number): number {
  return Math.max(1, Math.min(largestBlock, Math.floor(rowsInBlock / particles)));
}

export async function counterfactual(request: CounterfactualRequest): Promise<CounterfactualAnswer> {
  const { loaded, observed, interventions } = request;
  const targets = request.targets ?? loaded.model.order;
  const plan = planCounterfactual(loaded.model, interventions, targets);
  const rows = requireEvidence(request, plan, targets);
  const changed = new Set([...plan.replace, ...plan.recompute]);
  const values = new Map<string, Float32Array>();
  for (const target of targets)
    if (!changed.has(target)) values.set(target, Float32Array.from(observed.get(target)!.data));
  const probabilities = new Map<string, Float32Array>();
  if (targets.every((target) => !changed.has(target))) return { plan, values, probabilities, outside: [] };

  const block = Math.min(request.block ?? unitsInBlock(request.particles), rows);
  const { spec, inputs } = counterfactualProgram(request, plan, targets, block);
  const program = await request.engine.compile(spec);
  try {
    const outputs = await runInBlocks(program, rows, block, inputs, request.onRows);
    requireInside(loaded, outputs);
    for (const target of targets) {
      const output = outputs.get(target);
      if (!output) continue;
      const classes = classesOf(loaded.variables.get(target)!.domain);
      if (classes > 0) probabilities.set(target, output);
      values.set(target, classes > 0 ? modalClasses(output, classes) : output);
    }
    await predictOperators(loaded, outputs, request.records, rows, values);
    return { plan, values, probabilities, outside: outsideRanges(loaded, interventions, outputs) };
  } finally {
    await program.dispose();
  }
}

/** The most frequent class of each unit, the first of equals. */
function modalClasses(shares: Float32Array, classes: number): Float32Array {
  return Float32Array.from({ length: shares.length / classes }, (_, unit) => {
    const row = shares.subarray(unit * classes, (unit + 1) * classes);
    return row.indexOf(Math.max(...row));
  });
}

/** The number of units; throws where a variable that the plan reads has no observed values. */
function requireEvidence(request: CounterfactualRequest, plan: QueryPlan, targets: readonly string[]): number {
  const { loaded, observed, records } = request;
  const needed = new Set(plan.abduct.flatMap((step) => [step.noiseOf, ...step.given]));
  for (const target of targets) if (plan.copy.includes(target)) needed.add(target);
  const missing = [...needed].filter((name) => !observed.has(name) && !records?.has(name));
  if (missing.length > 0)
    throw failure(
      "7062",
      "data",
      `the counterfactual needs observed values of ${missing.map((name) => `\`${name}\``).join(", ")}`,
      "Bind them in the manifest's `variables`.",
    );
  for (const { rows } of observed.values()) return rows;
  for (const { rows } of records?.values() ?? []) return rows;
  throw failure("7062", loaded.model.name, "the counterfactual has no observed units");
}

/** What the program is made from; of the observed values their sizes and types, until it is run. */
export type CounterfactualProgramRequest = Pick<
  CounterfactualRequest,
  "loaded" | "observed" | "interventions" | "particles" | "key"
>;

/** Abduction, action and prediction of `block` units, and its inputs from a first row on. */
export function counterfactualProgram(
  request: CounterfactualProgramRequest,
  plan: QueryPlan,
  targets: readonly string[],
  block: number,
): { readonly spec: ProgramSpec; readonly inputs: (firstRow: number) => Record<string, HostData> } {
  const { loaded, observed, interventions, particles, key } = request;
  const changed = new Set([...plan.replace, ...plan.recompute]);
  const random = new RandomInputs(key);
  const abducted = plan.abduct.map((step) => step.noiseOf).filter((name) => loaded.mechanisms.has(name));
  for (const name of abducted)
    for (const [draw, spec] of Object.entries(loaded.mechanisms.get(name)!.draws))
      random.add(`draw.${name}.${draw}`, spec, block * particles);
  for (const { variable, noises } of interventions)
    for (const { name, distribution, parameters } of noises)
      if (distribution !== "mnist")
        random.add(`do.${variable}.${name}`, { size: 1, distribution, parameters }, block * particles);
  const observedSpecs: Record<string, TensorSpec> = {};
  for (const [name, rows] of observed) observedSpecs[`value.${name}`] = specOf(rows, block);

  const spec: ProgramSpec = {
    name: `counterfactual ${interventions.map(({ variable }) => variable).join(" ")}`,
    inputs: { ...observedSpecs, ...random.specs() },
    constants: loaded.parameters,
    procedure(given, constants) {
      const values = named(given, "value.");
      const world = evaluateWorld({
        loaded,
        rows: block,
        parameters: constants,
        noises: new Map(abducted.map((name) => [name, abduct(request, name, given, constants, values)])),
        observed: new Map(Object.entries(values)),
        interventions,
        interventionNoises: new Map(interventions.map(({ variable }) => [variable, named(given, `do.${variable}.`)])),
        // Beside the descendants, the natural values that shifts start from.
        compute: new Set([...plan.recompute, ...plan.abduct.map((step) => step.noiseOf)]),
      });
      const outputs: Record<string, tf.Tensor> = {
        ...outsideOutputs(loaded, world.replaced, block),
        ...rangeOutputs(loaded, world, plan.recompute, block),
      };
      for (const target of targets) {
        const value = changed.has(target) ? world.values.get(target) : undefined;
        const classes = classesOf(loaded.variables.get(target)!.domain);
        if (value)
          outputs[target] = meanOverParticles(classes > 0 ? indicator(value, classes) : value, value.shape[0]! / block);
      }
      for (const [name, calls] of world.operatorArguments)
        calls.forEach((call, k) => {
          call.forEach((argument, j) => {
            outputs[`${name}.${k}.${j}`] = meanOverParticles(argument, argument.shape[0]! / block);
          });
        });
      return outputs;
    },
  };
  const inputs = (firstRow: number): Record<string, HostData> => {
    const given = random.block(firstRow);
    for (const [name, rows] of observed)
      given[`value.${name}`] = gatherRows(rows, blockIndices(firstRow, block, rows.rows));
    return given;
  };
  return { spec, inputs };
}

function abduct(
  { loaded, particles }: CounterfactualProgramRequest,
  name: string,
  given: Tensors,
  constants: Tensors,
  values: Tensors,
): Tensors {
  const mechanism = loaded.mechanisms.get(name)!;
  const parents = loaded.model.mechanisms.find((candidate) => candidate.variable === name)!.parents;
  const parentValues = Object.fromEntries(parents.map((parent) => [parent, values[parent]!]));
  const draws = named(given, `draw.${name}.`);
  return mechanism.abduct(parametersOf(constants, name), values[name]!, parentValues, draws, particles);
}
