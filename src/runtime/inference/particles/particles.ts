/**
 * The posterior of missing variables as weighted particles of each unit, all units of which have the same variables
 * observed.
 *
 * Importance sampling in topological order: missing variables are proposed by their mechanisms given their causes, or
 * by the learned posterior of an observed image (`proposals.ts`), and each observed variable with a missing cause
 * multiplies the weight by its likelihood. Where an image is all that is weighed, the draws are adapted to each unit
 * first (`adaptive-draws.ts`). Where the effective number of particles falls below half before the last such variable,
 * they are resampled (sequential Monte Carlo; Doucet, de Freitas & Gordon 2001). Enumeration weighs every joint value
 * of the missing variables instead, by the full probability.
 */

import { centredNoise } from "../../../algebra/origin.js";
import { failure } from "../../../diagnostics/diagnostic.js";
import { sizeOf } from "../../mechanisms/bound/variables.js";
import { sampleDraws } from "../../mechanisms/contract/draw-inputs.js";
import { contradiction } from "../exact/contradiction.js";
import { AdaptiveDraws, adaptationRounds, type NormalDraws } from "./adaptive-draws.js";
import { jointValues } from "./joint-values.js";
import type { ParticleRequest } from "./particle-request.js";
import { interventionNoise, type ParticleStep, rowsFor, type ShapedDraws } from "./particle-step.js";
import { effectiveSizeOf, logSumExp, normalised, systematic } from "./resample.js";
import { compileSegments, drawsToAdapt, fixedOf, segmentsOf } from "./segments.js";
import { ParticleCollector, type WeightedParticles } from "./weighted-particles.js";

export async function inferParticles(request: ParticleRequest): Promise<WeightedParticles> {
  const { plan, units } = request;
  const grid = plan.method === "enumeration" ? jointValues(request.loaded, request.plan.infer) : undefined;
  const particles = grid?.rows ?? request.proposals;
  const block = Math.max(
    1,
    Math.min(units, Math.floor(rowsFor(request.loaded, [...plan.observed, ...plan.infer]) / particles)),
  );
  const segments = grid ? [{ compute: fixedOf(request), weigh: [...plan.infer, ...plan.weigh] }] : segmentsOf(request);
  const toAdapt = drawsToAdapt(request, segments, particles);
  const shape = { units: block, particles, adapted: toAdapt };
  const steps = await compileSegments(request, segments, grid ? plan.infer : [], shape);
  const collector = new ParticleCollector(request.units, particles);
  try {
    for (let first = 0; first < units; first += block) {
      const blockOf = new ParticleBlock(request, first, block, particles);
      if (grid) for (const [name, values] of grid.values) blockOf.setTiled(name, values);
      const draws = await adaptedDraws(toAdapt, steps, blockOf, block, particles);
      for (const [index, step] of steps.entries()) {
        const isLast = index === steps.length - 1 || grid !== undefined;
        await blockOf.advance(step, segments[index]!.weigh, index, isLast, draws);
      }
      collector.take(blockOf, first, Math.min(block, units - first));
    }
    return collector;
  } finally {
    for (const step of steps) await step.dispose();
  }
}

/** The draws of the last round. */
async function adaptedDraws(
  draws: readonly NormalDraws[],
  [step]: readonly ParticleStep[],
  block: ParticleBlock,
  units: number,
  particles: number,
): Promise<ShapedDraws | undefined> {
  if (draws.length === 0) return undefined;
  const adaptive = new AdaptiveDraws(draws, units, particles);
  for (let round = 0; round < adaptationRounds && !adaptive.settled; round++)
    adaptive.update(await block.tried(step!, { round, shape: (given) => adaptive.shape(given) }));
  return { round: "last", shape: (given) => adaptive.shape(given) };
}

/** A name in the state; no variable has one with a blank. */
const owedBy = (image: string): string => `owed by ${image}`;

/** The particles of some units, on their way through the steps. */
class ParticleBlock {
  readonly state = new Map<string, Float32Array>();
  readonly logWeights: Float64Array;
  readonly logEvidence: Float64Array;
  readonly effectiveSize: Float64Array;
  /** What resampling moves: everything but the observed values. */
  private readonly moving = new Set<string>();

  constructor(
    private readonly request: ParticleRequest,
    private readonly first: number,
    private readonly units: number,
    private readonly particles: number,
  ) {
    this.logWeights = new Float64Array(units * particles);
    this.logEvidence = new Float64Array(units);
    this.effectiveSize = new Float64Array(units).fill(Number.POSITIVE_INFINITY);
    for (const name of request.plan.observed) this.setRepeated(name, request.observed.get(name)!);
    for (const { variable, noises } of request.interventions)
      for (const { name, distribution, parameters } of noises.map(centredNoise)) {
        if (distribution === "mnist") continue;
        const called = interventionNoise(variable, name);
        const all = new Float32Array(units * particles);
        for (let unit = 0; unit < units; unit++) {
          const key = request.key.split(called).split(first + unit);
          all.set(sampleDraws({ size: 1, distribution, parameters }, particles, key), unit * particles);
        }
        this.state.set(called, all);
        this.moving.add(called);
      }
  }

  /** Each unit's value in each of its particles; a last block repeats its last unit. */
  private setRepeated(name: string, values: Float32Array): void {
    const size = values.length / this.request.units;
    const all = new Float32Array(this.units * this.particles * size);
    for (let unit = 0; unit < this.units; unit++) {
      const from = Math.min(this.first + unit, this.request.units - 1) * size;
      const own = values.subarray(from, from + size);
      for (let k = 0; k < this.particles; k++) all.set(own, (unit * this.particles + k) * size);
    }
    this.state.set(name, all);
  }

  /** The same particles in every unit. */
  setTiled(name: string, values: Float32Array): void {
    const all = new Float32Array(this.units * values.length);
    for (let unit = 0; unit < this.units; unit++) all.set(values, unit * values.length);
    this.state.set(name, all);
    this.moving.add(name);
  }

  /** The weights that particles would have after the step, `[rows]`. */
  async tried(step: ParticleStep, draws: ShapedDraws): Promise<Float64Array> {
    const { logWeights, logRatios, logShape } = await step.run(this.state, this.first, draws);
    const sum = Float64Array.from(logShape ?? new Float64Array(this.logWeights.length));
    for (const terms of [...logWeights.values(), ...logRatios.values()])
      for (let row = 0; row < sum.length; row++) sum[row]! += terms[row]!;
    return sum;
  }

  async advance(
    step: ParticleStep,
    weighed: readonly string[],
    index: number,
    isLast: boolean,
    draws?: ShapedDraws,
  ): Promise<void> {
    const { values, logWeights, logRatios, logShape } = await step.run(this.state, this.first, draws);
    logShape?.forEach((value, row) => {
      this.logWeights[row]! += value;
    });
    for (const [image, ratios] of logRatios) this.owe(image, ratios);
    for (const [name, computed] of values) {
      this.state.set(name, computed);
      this.moving.add(name);
    }
    const valid = Math.min(this.units, this.request.units - this.first);
    for (let unit = 0; unit < valid; unit++) {
      const own = this.logWeights.subarray(unit * this.particles, (unit + 1) * this.particles);
      for (const name of weighed) {
        const added = logWeights.get(name)!;
        const owed = this.state.get(owedBy(name));
        for (let k = 0; k < this.particles; k++) {
          const row = unit * this.particles + k;
          own[k]! += added[row]! + (owed?.[row] ?? 0);
        }
        const total = logSumExp(own);
        if (total === Number.POSITIVE_INFINITY) throw this.unbounded(unit, name);
        if (total !== Number.NEGATIVE_INFINITY) continue;
        if (!this.request.allowsZero) throw this.impossible(unit, name, weighed);
        this.logEvidence[unit] = Number.NEGATIVE_INFINITY;
        own.fill(0);
      }
      const effective = effectiveSizeOf(normalised(own));
      this.effectiveSize[unit] = Math.min(this.effectiveSize[unit]!, effective);
      if (!isLast && effective < this.particles / 2) this.resample(unit, own, index);
      else if (isLast) this.logEvidence[unit]! += logSumExp(own) - this.logShare();
    }
    for (const name of weighed) this.settle(name);
  }

  /** What the proposals of an image are to be weighed by goes with the particles until it is weighed. */
  private owe(image: string, ratios: Float32Array): void {
    const earlier = this.state.get(owedBy(image));
    this.state.set(owedBy(image), earlier ? ratios.map((ratio, row) => ratio + earlier[row]!) : ratios);
    this.moving.add(owedBy(image));
  }

  private settle(image: string): void {
    this.state.delete(owedBy(image));
    this.moving.delete(owedBy(image));
  }

  /** Enumerated particles carry their whole probability; proposed ones are an average. */
  private logShare(): number {
    return this.request.plan.method === "enumeration" ? 0 : Math.log(this.particles);
  }

  private resample(unit: number, own: Float64Array, index: number): void {
    this.logEvidence[unit]! += logSumExp(own) - Math.log(this.particles);
    const key = this.request.key
      .split("resample")
      .split(index)
      .split(this.first + unit);
    const chosen = systematic(normalised(own), this.particles, key.uniform64(1)[0]!);
    const start = unit * this.particles;
    for (const name of this.moving) {
      const values = this.state.get(name)!;
      const size = values.length / (this.units * this.particles);
      const old = values.slice(start * size, (start + this.particles) * size);
      for (let k = 0; k < this.particles; k++)
        values.set(old.subarray(chosen[k]! * size, (chosen[k]! + 1) * size), (start + k) * size);
    }
    own.fill(0);
  }

  private unbounded(unit: number, name: string) {
    const { loaded, unitName } = this.request;
    const number = this.first + unit;
    return failure(
      "7072",
      loaded.model.name,
      `the density of \`${name}\` is infinite in ${unitName?.(number) ?? `unit ${number + 1}`}, so draws cannot be weighed by it`,
      `Leave \`${name}\` out of the evidence, or give its distribution a density that is finite there.`,
    );
  }

  private impossible(unit: number, name: string, weighed: readonly string[]) {
    const { loaded, observed, units, unitName, plan } = this.request;
    const number = this.first + unit;
    const values = observed.get(name);
    const isScalar = values !== undefined && sizeOf(loaded.variables.get(name)!.domain) === 1;
    const others = plan.method === "enumeration" ? plan.weigh : weighed;
    return contradiction(loaded, {
      unit: unitName?.(number) ?? `unit ${number + 1}`,
      variable: values === undefined ? others.at(-1)! : name,
      ...(isScalar && values.length === units ? { value: values[number]! } : {}),
      how: plan.method === "enumeration" ? "enumerated" : "sampled",
    });
  }
}
