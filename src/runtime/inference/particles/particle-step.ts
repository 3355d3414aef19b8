/**
 * One step of a particle method as a program: some variables computed from fresh noise given the values so far, and the
 * log-likelihood of some known ones given their causes. A row is a particle of a unit, units outermost.
 *
 * A variable under an intervention is weighed through the intervention's inverse: v' = g(v) has log-density
 * log p(g⁻¹(v')) + log|dg⁻¹/dv'|; where g has a noise of its own, that noise is solved for, and v is drawn.
 */
import { intervenedGraph, parentsUnder } from "../../../model/plans/plan.js";
import type { Intervention } from "../../../schema/types.js";
import { centredIntervention } from "../../mechanisms/bound/centred-model.js";
import { sizeOf } from "../../mechanisms/bound/variables.js";
import type { DrawSpec } from "../../mechanisms/contract/mechanism.js";
import { distributions } from "../../mechanisms/distributions/index.js";
import type { LoadedModel } from "../../mechanisms/loaded-model.js";
import type { HostData, Program, TensorSpec, Tensors } from "../../tensors/core/engine.js";
import { evaluate } from "../../tensors/core/expressions.js";
import { named } from "../../tensors/core/names.js";
import * as tf from "../../tensors/core/tfjs.js";
import type { RandomKey } from "../../tensors/random/index.js";
import { admits, isOutsideOutput, outsideOutputs, requireInside } from "../programs/domain-limits.js";
import { RandomInputs } from "../programs/random-inputs.js";
import {
  evaluateWorld,
  mentionsNatural,
  naturalLogProbability,
  naturalValue,
  type World,
  type WorldInputs,
} from "../programs/world.js";
import type { NormalDraws } from "./adaptive-draws.js";
import { addProposalDraws, isClass, proposalDraw, stepProposals } from "./proposals.js";
import type { StepSpec } from "./step-spec.js";

export interface ParticleStep {
  /**
   * `values` holds the state and the noises of interventions (`interventionNoises`); the result the computed values.
   */
  run(values: ReadonlyMap<string, HostData>, firstUnit: number, draws?: ShapedDraws): Promise<StepResult>;
  dispose(): Promise<void>;
}

export interface ShapedDraws {
  /** Each round has draws of its own; the last one has those of a step without rounds. */
  readonly round: number | "last";
  /** Changes draws of the step in place; returns what that is weighed by, `[rows]`. */
  shape(given: Record<string, HostData>): Float64Array;
}

export interface StepResult {
  readonly values: ReadonlyMap<string, Float32Array>;
  /** By weighed variable, `[rows]`: its log-likelihood. */
  readonly logWeights: ReadonlyMap<string, Float32Array>;
  /** What the shape of the draws is weighed by, `[rows]`; null where they are as drawn. */
  readonly logShape: Float64Array | null;
  /** By image that proposed: what its proposals are to be weighed by, `[rows]`. */
  readonly logRatios: ReadonlyMap<string, Float32Array>;
}

/** Rows, units times particles, that are drawn from one key, and the numbers in the widest of their inputs. */
const largestRows = 16_384;
const largestNumbers = 4_194_304;
const weightPrefix = "weight ";
const ratioPrefix = "ratio ";

/** How an intervention's noise is called in the state: the same in every step of a particle. */
export const interventionNoise = (variable: string, noise: string): string => `do.${variable}.${noise}`;

/**
 * Rows of one call: fewer where a value or a noise of the variables is wide. A function of the query alone, so that
 * seeds hold.
 */
export function rowsFor({ variables, mechanisms }: LoadedModel, names: readonly string[]): number {
  let widest = 1;
  for (const name of names) {
    const mechanism = mechanisms.get(name);
    const draws = [...Object.values(mechanism?.noises ?? {}), ...Object.values(mechanism?.draws ?? {})];
    widest = Math.max(widest, sizeOf(variables.get(name)!.domain), ...draws.map(({ size }) => size));
  }
  return Math.min(largestRows, Math.max(1, Math.floor(largestNumbers / widest)));
}

export async function compileStep(spec: StepSpec): Promise<ParticleStep> {
  const { loaded, engine, interventions, state, compute, weigh, units, particles, key } = spec;
  const rows = units * particles;
  const chunk = Math.max(1, Math.floor(rowsFor(loaded, [...state, ...compute, ...weigh]) / particles));
  const randomOf = (own: RandomKey) => declareDraws(new RandomInputs(own, { block: units, chunk }), spec);
  const random = randomOf(key);
  const rounds = new Map<number, RandomInputs>();
  const ofRound = (round: number) => {
    const found = rounds.get(round) ?? randomOf(key.split("round").split(round));
    rounds.set(round, found);
    return found;
  };
  const inputs: Record<string, TensorSpec> = {};
  for (const name of state)
    inputs[`value.${name}`] = { shape: [rows, sizeOf(loaded.variables.get(name)!.domain)], dtype: "float32" };
  for (const { variable, noises } of interventions)
    for (const { name } of noises) inputs[interventionNoise(variable, name)] = { shape: [rows, 1], dtype: "float32" };
  const program = await engine.compile({
    name: `particles ${compute.join(" ")} | ${weigh.join(" ")}`,
    inputs: { ...inputs, ...random.specs() },
    constants: loaded.parameters,
    procedure: (given, constants) => stepProcedure(spec, given, constants),
  });
  return {
    async run(values, firstUnit, draws) {
      const source = draws === undefined || draws.round === "last" ? random : ofRound(draws.round);
      const given: Record<string, HostData> = source.block(firstUnit);
      const logShape = draws?.shape(given) ?? null;
      for (const name of state) given[`value.${name}`] = values.get(name)!;
      for (const name of Object.keys(inputs)) if (name.startsWith("do.")) given[name] = values.get(name)!;
      return { ...resultOf(loaded, await program.run(given)), logShape };
    },
    dispose: () => program.dispose(),
  };
}

/** Declares the draws of the step among random inputs. */
function declareDraws(random: RandomInputs, spec: StepSpec): RandomInputs {
  const { loaded, interventions, compute, weigh, units, particles } = spec;
  const rows = units * particles;
  // What an intervention of a known variable starts from is drawn as well.
  const hidden = weigh.filter((name) => startsFromDraw(interventionOn(interventions, name)));
  for (const name of [...compute, ...hidden])
    for (const [noise, draw] of Object.entries(loaded.mechanisms.get(name)?.noises ?? {}))
      random.add(`noise.${name}.${noise}`, draw, rows);
  for (const name of weigh)
    for (const [draw, drawn] of Object.entries(loaded.mechanisms.get(name)?.draws ?? {}))
      random.add(`draw.${name}.${draw}`, drawn, rows);
  addProposalDraws(random, spec);
  return random;
}

/** The standard normal draws that decide a step's weights: an encoder's, and those of the values that are computed. */
export function normalDrawsOf({
  loaded,
  compute,
  weigh,
  proposers,
}: Pick<StepSpec, "loaded" | "compute" | "weigh" | "proposers">): NormalDraws[] {
  const isStandard = ({ distribution, parameters }: DrawSpec) =>
    distribution === "normal" && parameters[0] === 0 && parameters[1] === 1;
  const named = (prefix: string, draws: Readonly<Record<string, DrawSpec>> = {}) =>
    Object.entries(draws).flatMap(([name, draw]) =>
      isStandard(draw) ? [{ name: `${prefix}.${name}`, size: draw.size }] : [],
    );
  return [
    ...compute.flatMap((name) => {
      if (!proposers?.has(name)) return named(`noise.${name}`, loaded.mechanisms.get(name)?.noises);
      return isClass({ loaded }, name) ? [] : [{ name: proposalDraw(name), size: 1 }];
    }),
    ...weigh.flatMap((name) => named(`draw.${name}`, loaded.mechanisms.get(name)?.draws)),
  ];
}

function resultOf(loaded: LoadedModel, outputs: Awaited<ReturnType<Program["run"]>>): Omit<StepResult, "logShape"> {
  const values = new Map<string, Float32Array>();
  const logWeights = new Map<string, Float32Array>();
  const logRatios = new Map<string, Float32Array>();
  const outside = new Map<string, Float32Array>();
  for (const [name, { data }] of Object.entries(outputs))
    if (isOutsideOutput(name)) outside.set(name, data as Float32Array);
    else if (name.startsWith(weightPrefix)) logWeights.set(name.slice(weightPrefix.length), data as Float32Array);
    else if (name.startsWith(ratioPrefix)) logRatios.set(name.slice(ratioPrefix.length), data as Float32Array);
    else values.set(name, data as Float32Array);
  requireInside(loaded, outside, () => "a draw given the evidence");
  return { values, logWeights, logRatios };
}

function stepProcedure(spec: StepSpec, given: Tensors, constants: Tensors): Tensors {
  const { loaded, interventions, compute, weigh } = spec;
  const rows = spec.units * spec.particles;
  const known = new Map(Object.entries(named(given, "value.")));
  const noises = new Map([...compute, ...weigh].map((name) => [name, named(given, `noise.${name}.`)]));
  const proposals = stepProposals(spec, given, constants, known);
  const inputs: WorldInputs = {
    loaded,
    rows,
    propose: proposals.propose,
    parameters: constants,
    noises,
    observed: known,
    interventions,
    interventionNoises: new Map(interventions.map(({ variable }) => [variable, named(given, `do.${variable}.`)])),
    compute: new Set(compute),
    given: known,
    visit: visited(interventions, new Set([...known.keys(), ...compute])),
  };
  const world = evaluateWorld(inputs);
  const outputs: Record<string, tf.Tensor> = outsideOutputs(loaded, world.replaced, spec.units);
  for (const name of compute) outputs[name] = world.values.get(name)!;
  for (const [name, ratio] of proposals.logRatios(inputs, world))
    outputs[`${ratioPrefix}${name}`] = orImpossible(ratio);
  for (const name of weigh)
    outputs[`${weightPrefix}${name}`] = orImpossible(
      worldLogProbability(name, known.get(name)!, inputs, world, named(given, `draw.${name}.`)),
    );
  return outputs;
}

/** What some children see in a variable's place is evaluated also where the variable itself is not known. */
function visited(interventions: readonly Intervention[], names: ReadonlySet<string>): ReadonlySet<string> {
  const seen = interventions.filter((one) => {
    const read = mentionsNatural(one.expression) ? [one.variable, ...parentsUnder(one)] : parentsUnder(one);
    return one.only !== undefined && read.every((name) => names.has(name));
  });
  return new Set([...names, ...seen.map(({ variable }) => variable)]);
}

/** A value that nothing gives (an inverse is NaN there) has density zero. */
function orImpossible(logProbability: tf.Tensor): tf.Tensor {
  const flat = tf.reshape(logProbability, [-1]);
  return tf.where(tf.isNaN(flat), tf.fill(flat.shape, Number.NEGATIVE_INFINITY), flat);
}

function interventionOn(interventions: readonly Intervention[], name: string): Intervention | undefined {
  return interventions.find(({ variable, only }) => variable === name && only === undefined);
}

function startsFromDraw(intervention: Intervention | undefined): boolean {
  return intervention?.inverse?.source === "noise" && mentionsNatural(intervention.expression);
}

/** log p(value | the variable's causes in the world), `[rows]`. */
function worldLogProbability(
  name: string,
  value: tf.Tensor,
  inputs: WorldInputs,
  world: World,
  draws: Tensors,
): tf.Tensor {
  const given = interventionOn(inputs.interventions, name);
  if (given === undefined) return naturalLogProbability(name, value, inputs, world, draws);
  const intervention = centredIntervention(given, inputs.loaded.variables);
  const { inverse, noises } = intervention;
  if (inverse === undefined) throw new Error(`${name} has no density under its intervention`);
  const natural = startsFromDraw(intervention) ? naturalValue(name, inputs, world) : undefined;
  const environment = {
    variables: world.values,
    noises: new Map(Object.entries(inputs.interventionNoises.get(name) ?? {})),
    value,
    ...(natural ? { natural } : {}),
  };
  const source = evaluate(inverse.expression, environment);
  const logDerivative = tf.reshape(evaluate(inverse.logDerivative, environment), [-1]);
  if (inverse.source === "noise") {
    const noise = noises[0]!;
    if (noise.distribution === "mnist") throw new Error(`${name} cannot be set to an image`);
    const logDensity = distributions[noise.distribution].logDensity(source, noise.parameters);
    return tf.add(tf.reshape(logDensity, [-1]), logDerivative);
  }
  const logDensity = tf.reshape(naturalLogProbability(name, source, inputs, world, draws), [-1]);
  const isValue = tf.reshape(admits(inputs.loaded.variables.get(name)!, source), [-1]);
  const inside = tf.where(isValue, logDensity, tf.fill(logDensity.shape, Number.NEGATIVE_INFINITY));
  return tf.add(inside, logDerivative);
}

/** The relevant variables of a world in causal order. */
export function worldOrder(loaded: LoadedModel, interventions: readonly Intervention[]): readonly string[] {
  return intervenedGraph(loaded.model, interventions).order();
}
