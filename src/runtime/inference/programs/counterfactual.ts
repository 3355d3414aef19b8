/**
 * Counterfactuals of observed units (paper, §3: abduction, action, prediction) as one program per block of units.
 *
 * Abduct the noises that the plan names from the observed values, replace the intervened assignments, recompute the
 * descendants, copy the rest bit for bit. An amortised or posterior abduction draws `particles` noises a unit; every
 * particle is a joint world, and the particles are aggregated last: by their mean in the variable's own unit, for
 * classes by their shares.
 */

import { centredNoise } from "../../../algebra/origin.js";
import { failure } from "../../../diagnostics/diagnostic.js";
import { evidenceOf, planCounterfactual } from "../../../model/plans/plan.js";
import type { Intervention, QueryPlan } from "../../../schema/types.js";
import { classesOf } from "../../mechanisms/bound/variables.js";
import { meanOverParticles } from "../../mechanisms/contract/context.js";
import type { LoadedModel } from "../../mechanisms/loaded-model.js";
import { addTally, type Tally } from "../../support/tally.js";
import type { Engine, HostData, ProgramSpec, TensorSpec, Tensors } from "../../tensors/core/engine.js";
import { named } from "../../tensors/core/names.js";
import { blockOfRows, type Rows, specOf } from "../../tensors/core/rows.js";
import type * as tf from "../../tensors/core/tfjs.js";
import type { RandomKey } from "../../tensors/random/random-key.js";
import { blockOf, isConcurrent } from "./block-size.js";
import { collect, type ReportRows, validRows } from "./blocks.js";
import { outsideOutputs, requireInside } from "./domain-limits.js";
import { feederOf, runBlock } from "./draw-feeder.js";
import { inOrder, oneAtATime } from "./in-order.js";
import { blocksAtOnce, type OperatorRecords, predictOperators, recordsOf } from "./operators.js";
import { abductedNoises, overParticles } from "./parts.js";
import { RandomInputs } from "./random-inputs.js";
import { causeOutputs, causesIn, emptyTallies, lookUp, mechanismsToLookUp, namesToLookUp } from "./seen-causes.js";
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
  /**
   * Variables whose noises no evidence bears on, however their values came about: they are drawn from their prior.
   * Abduction from a value that was itself drawn would be no more than an encoder's guess at the noise that it was made
   * from.
   */
  readonly fresh?: ReadonlySet<string>;
  readonly key: RandomKey;
  /**
   * Units of one call of the program; by default what their size and the particles let fit. The answer does not depend
   * on it.
   */
  readonly block?: number;
  /** The most units of one call, where it is not the number of these. */
  readonly units?: number;
  /** All units, where these are only the first: many blocks are divided among threads. Null where nobody knows. */
  readonly allUnits?: number | null;
  /** How a unit is called in messages; by its number where it is left out. */
  readonly unitName?: (unit: number) => string;
  readonly onRows?: ReportRows;
}

export interface CounterfactualAnswer {
  readonly plan: QueryPlan;
  /**
   * By variable, `[units, size]`, in the variable's own unit: the mean over particles, for binary, categorical and
   * ordinal variables the modal class; copied variables as observed.
   */
  readonly values: ReadonlyMap<string, Float32Array>;
  /** For each computed variable with classes, the share of particles in each class, `[units, classes]`. */
  readonly probabilities: ReadonlyMap<string, Float32Array>;
  /** How often the recomputed learned mechanisms see causes that training hardly held: one tally for each. */
  readonly tallies: readonly Tally[];
}

/** Draws of units times particles that have one key, and the most units of them. */
const rowsInChunk = 2048;
const largestChunk = 256;

/** Answers for observed units block by block, with one compiled program. */
export interface CounterfactualProgram {
  readonly plan: QueryPlan;
  readonly loaded: LoadedModel;
  /** The mechanisms whose causes are looked up in what training held. */
  readonly lookedUp: readonly string[];
  /** The largest number of units that one call answers for. */
  readonly block: number;
  /** The calls under way at once that pay off. */
  readonly concurrency: number;
  /** `observed` and `records` hold some units, of which the first has the place `firstUnit` among all. */
  answer(
    observed: ReadonlyMap<string, Rows>,
    firstUnit: number,
    records?: OperatorRecords,
    unitName?: (row: number) => string,
  ): Promise<CounterfactualAnswer>;
  dispose(): Promise<void>;
}

/** Units whose draws have one key. */
export function chunkOf(particles: number): number {
  return Math.max(1, Math.min(largestChunk, Math.floor(rowsInChunk / particles)));
}

export async function counterfactual(request: CounterfactualRequest): Promise<CounterfactualAnswer> {
  const { observed, records, unitName, onRows } = request;
  const program = await compileCounterfactual(request);
  const units = unitsOf(request);
  const report = onRows && ((done: number) => onRows(done, units));
  try {
    return await counterfactualInBlocks(program, {
      observed,
      firstUnit: 0,
      units,
      ...(records ? { records } : {}),
      ...(unitName ? { unitName } : {}),
      ...(report ? { onRows: report } : {}),
    });
  } finally {
    await program.dispose();
  }
}

export interface UnitsToAnswer {
  readonly observed: ReadonlyMap<string, Rows>;
  readonly records?: OperatorRecords;
  /**
   * The place of the first of them among all units. Where other units follow, a whole multiple of the program's block.
   */
  readonly firstUnit: number;
  readonly units: number;
  /** How messages call the unit of a row of these; by its number where it is left out. */
  readonly unitName?: (row: number) => string;
  readonly onRows?: (done: number) => void;
}

/** Any number of units, block by block. */
export async function counterfactualInBlocks(
  program: CounterfactualProgram,
  { observed, records, firstUnit, units, unitName, onRows }: UnitsToAnswer,
): Promise<CounterfactualAnswer> {
  const values = new Map<string, Float32Array>();
  const probabilities = new Map<string, Float32Array>();
  const tallies = emptyTallies(program.loaded, program.lookedUp);
  const validOf = (start: number) => Math.min(program.block, units - start);
  const answer = (piece: number) => {
    const start = piece * program.block;
    const valid = validOf(start);
    const nameOf = unitName && ((row: number) => unitName(start + row));
    return program.answer(
      rowsFrom(observed, start, valid),
      firstUnit + start,
      recordsOf(records, start, valid),
      nameOf,
    );
  };
  await inOrder(Math.ceil(units / program.block), program.concurrency, answer, (part, piece) => {
    const start = piece * program.block;
    collect(values, part.values, start, validOf(start), units);
    collect(probabilities, part.probabilities, start, validOf(start), units);
    part.tallies.forEach((tally, index) => {
      addTally(tallies[index]!, tally);
    });
    onRows?.(start + validOf(start));
  });
  return { plan: program.plan, values, probabilities, tallies };
}

/** Compiles the program that answers. Of `observed` and `records`, only what they are counts, not the values. */
export async function compileCounterfactual(
  request: Omit<CounterfactualRequest, "onRows">,
): Promise<CounterfactualProgram> {
  const { loaded, interventions } = request;
  const targets = request.targets ?? loaded.model.order;
  const plan = planCounterfactual(loaded.model, interventions, targets);
  requireEvidence(request, plan, targets);
  const changed = new Set([...plan.replace, ...plan.recompute]);
  const block = blockOf(loaded, request.block, request.units ?? unitsOf(request), rowsPerUnit(request, plan));
  const copy = (observed: ReadonlyMap<string, Rows>) => {
    const values = new Map<string, Float32Array>();
    for (const target of targets) {
      const rows = changed.has(target) ? undefined : observed.get(target);
      if (rows) values.set(target, rows.data instanceof Float32Array ? rows.data : new Float32Array(rows.data));
    }
    return values;
  };
  if (targets.every((target) => !changed.has(target)))
    return {
      plan,
      loaded,
      lookedUp: [],
      block,
      concurrency: 1,
      answer: async (observed) => ({ plan, values: copy(observed), probabilities: new Map(), tallies: [] }),
      dispose: async () => {},
    };
  const { spec, random } = counterfactualProgram(request, plan, targets, block);
  const { allUnits = unitsOf(request) } = request;
  const program = await request.engine.compile({
    ...spec,
    concurrent: isConcurrent(loaded, allUnits, block),
    feeder: feederOf(random),
  });
  const answer = (firstUnit: number, given: Record<string, HostData>) => runBlock(program, random, firstUnit, given);
  const answerBlock = program.concurrency === undefined ? oneAtATime(answer) : answer;
  const lookedUp = recomputedToLookUp(loaded, interventions, plan);
  return {
    plan,
    loaded,
    lookedUp,
    block,
    concurrency: blocksAtOnce(loaded, program),
    async answer(observed, firstUnit, records, unitName) {
      const units = unitsOf({ loaded, observed, ...(records ? { records } : {}) });
      const given = Object.fromEntries(
        [...observed].map(([name, rows]) => [`value.${name}`, blockOfRows(rows, 0, block)]),
      );
      const outputs = validRows(await answerBlock(firstUnit, given), units, block);
      requireInside(loaded, outputs, (row) => unitName?.(row) ?? `unit ${firstUnit + row + 1}`);
      const values = copy(observed);
      const probabilities = new Map<string, Float32Array>();
      for (const target of targets) {
        const output = outputs.get(target);
        if (!output) continue;
        const classes = classesOf(loaded.variables.get(target)!.domain);
        if (classes > 0) probabilities.set(target, output);
        values.set(target, classes > 0 ? modalClasses(output, classes) : output);
      }
      await predictOperators(loaded, outputs, records, units, values, firstUnit);
      const tallies = lookUp(
        loaded,
        lookedUp,
        { interventions, given: [] },
        { values: causesIn(outputs), rows: units, firstUnit },
      );
      return { plan, values, probabilities, tallies };
    },
    dispose: () => program.dispose(),
  };
}

/** Where every noise is recovered exactly and none is drawn, all particles are the same one. */
export function rowsPerUnit(
  {
    loaded,
    interventions,
    particles,
    fresh,
  }: Pick<CounterfactualRequest, "loaded" | "interventions" | "particles" | "fresh">,
  plan: QueryPlan,
): number {
  const isDrawn =
    interventions.some(({ noises }) => noises.length > 0) ||
    plan.abduct.some(
      ({ noiseOf }) => fresh?.has(noiseOf) || Object.keys(loaded.mechanisms.get(noiseOf)?.draws ?? {}).length > 0,
    );
  return isDrawn ? particles : 1;
}

function rowsFrom(observed: ReadonlyMap<string, Rows>, start: number, count: number): Map<string, Rows> {
  return new Map(
    [...observed].map(([name, { size, data }]) => [
      name,
      { rows: count, size, data: data.subarray(start * size, (start + count) * size) },
    ]),
  );
}

/** The most frequent class of each unit, the first of equals. */
export function modalClasses(shares: Float32Array, classes: number): Float32Array {
  return Float32Array.from({ length: shares.length / classes }, (_, unit) => {
    const row = shares.subarray(unit * classes, (unit + 1) * classes);
    return row.indexOf(Math.max(...row));
  });
}

/** Throws where a variable that the plan reads has no observed values. */
function requireEvidence(
  request: Pick<CounterfactualRequest, "loaded" | "observed" | "records">,
  plan: QueryPlan,
  targets: readonly string[],
): void {
  const { observed, records } = request;
  const missing = evidenceOf(plan, targets).filter((name) => !observed.has(name) && !records?.has(name));
  if (missing.length > 0)
    throw failure(
      "7062",
      "data",
      `the counterfactual needs observed values of ${missing.map((name) => `\`${name}\``).join(", ")}`,
      "Bind them in the manifest's `variables`.",
    );
}

function unitsOf({
  loaded,
  observed,
  records,
}: Pick<CounterfactualRequest, "loaded" | "observed" | "records">): number {
  for (const { rows } of observed.values()) return rows;
  for (const { rows } of records?.values() ?? []) return rows;
  throw failure("7062", loaded.model.name, "the counterfactual has no observed units");
}

/** The causes that a unit itself had are those of the data; those that an intervention moves are looked up. */
export function recomputedToLookUp(
  loaded: LoadedModel,
  interventions: readonly Intervention[],
  { recompute }: QueryPlan,
): string[] {
  const targets = mechanismsToLookUp(loaded, { interventions, given: [], targets: recompute });
  return targets.filter((name) => recompute.includes(name));
}

/** What the program is made from; of the observed values their sizes and types, until it is run. */
export type CounterfactualProgramRequest = Pick<
  CounterfactualRequest,
  "loaded" | "observed" | "interventions" | "particles" | "fresh" | "key"
>;

/** Abduction, action and prediction of `block` units, and its inputs from a first row on. */
export function counterfactualProgram(
  request: CounterfactualProgramRequest,
  plan: QueryPlan,
  targets: readonly string[],
  block: number,
): {
  readonly spec: ProgramSpec;
  readonly random: RandomInputs;
} {
  const { loaded, observed, interventions, particles, fresh, key } = request;
  const changed = new Set([...plan.replace, ...plan.recompute]);
  const random = new RandomInputs(key, { block, chunk: chunkOf(particles) });
  const abducted = plan.abduct.map((step) => step.noiseOf).filter((name) => loaded.mechanisms.has(name));
  for (const name of abducted) {
    const { noises, draws } = loaded.mechanisms.get(name)!;
    for (const [draw, spec] of Object.entries(fresh?.has(name) ? noises : draws))
      random.add(`draw.${name}.${draw}`, spec, block * particles);
  }
  for (const { variable, noises } of interventions)
    for (const { name, distribution, parameters } of noises.map(centredNoise))
      if (distribution !== "mnist")
        random.add(`do.${variable}.${name}`, { size: 1, distribution, parameters }, block * particles);
  const seen = namesToLookUp(loaded, recomputedToLookUp(loaded, interventions, plan), interventions);
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
        ...causeOutputs(world, seen, block),
      };
      for (const target of targets) {
        const value = changed.has(target) ? world.values.get(target) : undefined;
        if (value) outputs[target] = overParticles(loaded, target, value, block);
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
  return { spec, random };
}

function abduct(
  { loaded, particles, fresh }: CounterfactualProgramRequest,
  name: string,
  given: Tensors,
  constants: Tensors,
  values: Tensors,
): Tensors {
  const draws = named(given, `draw.${name}.`);
  return fresh?.has(name) ? draws : abductedNoises(loaded, name, values, draws, constants, particles);
}
