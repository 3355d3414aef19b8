/** The weighted particles of all units, gathered block by block. */
import { normalised } from "./resample.js";

export interface WeightedParticles {
  readonly particles: number;
  /** `[units * particles, size]`: observed variables repeated, inferred ones, and noises of interventions. */
  readonly values: ReadonlyMap<string, Float32Array>;
  /** `[units * particles]`; normalised within a unit. */
  readonly weights: Float64Array;
  /** log p of the weighed variables given what they depend on, `[units]`: exact for enumeration, else an estimate. */
  readonly logEvidence: Float64Array;
  /** The least that the weights came down to, `[units]`. */
  readonly effectiveSize: Float64Array;
}

/**
 * Particles of some units that went through all steps; rows are units times particles, the last units may be repeats.
 */
interface FinishedBlock {
  readonly state: ReadonlyMap<string, Float32Array>;
  readonly logWeights: Float64Array;
  readonly logEvidence: Float64Array;
  readonly effectiveSize: Float64Array;
}

export class ParticleCollector implements WeightedParticles {
  readonly values = new Map<string, Float32Array>();
  readonly weights: Float64Array;
  readonly logEvidence: Float64Array;
  readonly effectiveSize: Float64Array;

  constructor(
    private readonly units: number,
    readonly particles: number,
  ) {
    this.weights = new Float64Array(units * particles);
    this.logEvidence = new Float64Array(units);
    this.effectiveSize = new Float64Array(units);
  }

  take(block: FinishedBlock, first: number, units: number): void {
    const rows = units * this.particles;
    for (const [name, values] of block.state) {
      const size = values.length / (block.logEvidence.length * this.particles);
      const all = this.values.get(name) ?? new Float32Array(this.units * this.particles * size);
      this.values.set(name, all);
      all.set(values.subarray(0, rows * size), first * this.particles * size);
    }
    for (let unit = 0; unit < units; unit++) {
      const own = block.logWeights.subarray(unit * this.particles, (unit + 1) * this.particles);
      this.weights.set(normalised(own), (first + unit) * this.particles);
      this.logEvidence[first + unit] = block.logEvidence[unit]!;
      this.effectiveSize[first + unit] = block.effectiveSize[unit]!;
    }
  }
}
