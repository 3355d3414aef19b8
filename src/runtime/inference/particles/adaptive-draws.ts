/**
 * Adaptive importance sampling over the normal draws ε of a particle step. An encoder's posterior of an image is far
 * wider or further off than what a thousand pixels tell, so that hardly one of its draws carries the weight. Each unit
 * has a normal distribution N(m, S) of its draws, in place of N(0, I), fitted in rounds by moments of weighted
 * particles, whose weights are raised to the power at which a share of them remains effective (a tempered population
 * Monte Carlo; Cappé et al. 2004, Bugallo et al. 2017).
 *
 * Only the last round counts. Its draws are fresh, a tenth of them of N(0, I), and weighed by N(0, I) / (0.1 N(0, I) +
 * 0.9 N(m, S)), which is at most 10: the answer is without bias whatever the rounds before came to, and its effective
 * sample size is plain.
 */
import type { HostData } from "../../tensors/core/engine.js";
import { effectiveSizeOf, normalised } from "./resample.js";

/** Rounds at most; a unit that has enough effective particles keeps its distribution. */
export const adaptationRounds = 12;
/** Share of particles that stay effective under the tempered weights of a round, and that end a unit's adaptation. */
const temperedShare = 0.2;
const enoughShare = 0.5;
/** Every tenth draw is of N(0, I). */
const ownEvery = 10;
/** Moments of few particles: correlations are shrunk, deviations widened. */
const shrinkage = 0.05;
const inflation = 1.15;
/** Fewer particles than this a dimension cannot tell a covariance. */
const leastPerDimension = 8;
const mostDimensions = 64;

export interface NormalDraws {
  /** Of an input of the step. */
  readonly name: string;
  /** Numbers of a row. */
  readonly size: number;
}

/** Draws that can be adapted together, the first ones that are not too many. */
export function adaptable(all: readonly NormalDraws[], particles: number): NormalDraws[] {
  let dimensions = 0;
  return all.filter(({ size }) => {
    const after = dimensions + size;
    if (after > mostDimensions || after * leastPerDimension > particles) return false;
    dimensions = after;
    return true;
  });
}

interface Normal {
  readonly mean: Float64Array;
  /** Lower triangle, row by row, `[d, d]`. */
  readonly root: Float64Array;
}

/** The distributions of the draws of some units. */
export class AdaptiveDraws {
  private readonly dimension: number;
  private readonly normals: (Normal | undefined)[];
  private readonly isSettled: boolean[];
  /** `[units * particles, d]`: the draws of the last `shape`. */
  private drawn: Float64Array = new Float64Array(0);
  private corrections: Float64Array = new Float64Array(0);

  constructor(
    private readonly draws: readonly NormalDraws[],
    private readonly units: number,
    private readonly particles: number,
  ) {
    this.dimension = draws.reduce((sum, { size }) => sum + size, 0);
    this.normals = new Array<undefined>(units);
    this.isSettled = new Array<boolean>(units).fill(false);
  }

  get settled(): boolean {
    return this.isSettled.every(Boolean);
  }

  /**
   * Turns standard normal draws of the inputs into those of the units' distributions; returns what they are weighed by,
   * `[rows]`.
   */
  shape(given: Record<string, HostData>): Float64Array {
    const rows = this.units * this.particles;
    this.drawn = this.gathered(given, rows);
    this.corrections = new Float64Array(rows);
    for (let row = 0; row < rows; row++) {
      const normal = this.normals[Math.floor(row / this.particles)];
      if (normal) this.corrections[row] = this.shapeRow(row, normal);
    }
    this.scatter(given, rows);
    return this.corrections;
  }

  /** Fits the distributions to the last draws; `logWeights` are theirs, corrected, `[rows]`. */
  update(logWeights: Float64Array): void {
    for (let unit = 0; unit < this.units; unit++) {
      if (this.isSettled[unit]) continue;
      const own = logWeights.subarray(unit * this.particles, (unit + 1) * this.particles);
      if (!own.some(Number.isFinite)) continue;
      if (effectiveSizeOf(normalised(own)) >= enoughShare * this.particles) {
        this.isSettled[unit] = true;
        continue;
      }
      this.normals[unit] = this.fitted(unit, tempered(own, temperedShare * this.particles)) ?? this.normals[unit];
    }
  }

  private gathered(given: Record<string, HostData>, rows: number): Float64Array {
    const all = new Float64Array(rows * this.dimension);
    let start = 0;
    for (const { name, size } of this.draws) {
      const data = given[name]!;
      for (let row = 0; row < rows; row++)
        for (let k = 0; k < size; k++) all[row * this.dimension + start + k] = data[row * size + k]!;
      start += size;
    }
    return all;
  }

  private scatter(given: Record<string, HostData>, rows: number): void {
    let start = 0;
    for (const { name, size } of this.draws) {
      const data = given[name]!;
      for (let row = 0; row < rows; row++)
        for (let k = 0; k < size; k++) data[row * size + k] = this.drawn[row * this.dimension + start + k]!;
      start += size;
    }
  }

  /** ε = m + L e where the row is not one of N(0, I); returns log N(ε; 0, I) - log of the mixture's density. */
  private shapeRow(row: number, { mean, root }: Normal): number {
    const d = this.dimension;
    const own = this.drawn.subarray(row * d, (row + 1) * d);
    const place = row % this.particles;
    const white = place % ownEvery === 0 ? whitened(own, mean, root) : own.slice();
    if (place % ownEvery !== 0)
      for (let k = d - 1; k >= 0; k--) {
        let sum = mean[k]!;
        for (let j = 0; j <= k; j++) sum += root[k * d + j]! * white[j]!;
        own[k] = sum;
      }
    let [logRatio, share] = [0, Math.ceil(this.particles / ownEvery) / this.particles];
    for (let k = 0; k < d; k++) logRatio += 0.5 * (own[k]! ** 2 - white[k]! ** 2) - Math.log(root[k * d + k]!);
    // log(share + (1 - share) N(m, S) / N(0, I)), the larger term taken out.
    const other = Math.log(1 - share) + logRatio;
    const larger = Math.max(Math.log(share), other);
    share = Math.exp(Math.log(share) - larger);
    return -(larger + Math.log(share + Math.exp(other - larger)));
  }

  /** Undefined where the moments are degenerate. */
  private fitted(unit: number, weights: Float64Array): Normal | undefined {
    const d = this.dimension;
    const mean = new Float64Array(d);
    const covariance = new Float64Array(d * d);
    const row = (k: number) =>
      this.drawn.subarray((unit * this.particles + k) * d, (unit * this.particles + k + 1) * d);
    weights.forEach((weight, k) => {
      const own = row(k);
      for (let j = 0; j < d; j++) mean[j]! += weight * own[j]!;
    });
    weights.forEach((weight, k) => {
      if (weight === 0) return;
      const own = row(k);
      for (let a = 0; a < d; a++)
        for (let b = 0; b <= a; b++) covariance[a * d + b]! += weight * (own[a]! - mean[a]!) * (own[b]! - mean[b]!);
    });
    for (let a = 0; a < d; a++)
      for (let b = 0; b <= a; b++) covariance[a * d + b]! *= inflation * (a === b ? 1 : 1 - shrinkage);
    const root = choleskyRoot(covariance, d);
    return root && { mean, root };
  }
}

/** Weights that sum to 1, to the largest power up to 1 at which `least` of them are effective. */
function tempered(logWeights: Float64Array, least: number): Float64Array {
  const at = (power: number) =>
    normalised(logWeights.map((value) => (Number.isFinite(value) ? power * value : Number.NEGATIVE_INFINITY)));
  let [low, high] = [0, 1];
  if (effectiveSizeOf(at(1)) >= least) return at(1);
  for (let step = 0; step < 30; step++) {
    const middle = (low + high) / 2;
    if (effectiveSizeOf(at(middle)) >= least) low = middle;
    else high = middle;
  }
  return at(low);
}

/** e with own = mean + L e. */
function whitened(own: Float64Array, mean: Float64Array, root: Float64Array): Float64Array {
  const d = mean.length;
  const white = new Float64Array(d);
  for (let k = 0; k < d; k++) {
    let rest = own[k]! - mean[k]!;
    for (let j = 0; j < k; j++) rest -= root[k * d + j]! * white[j]!;
    white[k] = rest / root[k * d + k]!;
  }
  return white;
}

/** Of the lower triangle of a covariance; undefined where it is not positive definite. */
function choleskyRoot(covariance: Float64Array, d: number): Float64Array | undefined {
  const root = new Float64Array(d * d);
  for (let a = 0; a < d; a++)
    for (let b = 0; b <= a; b++) {
      let rest = covariance[a * d + b]!;
      for (let j = 0; j < b; j++) rest -= root[a * d + j]! * root[b * d + j]!;
      if (a === b && !(rest > 1e-12)) return undefined;
      root[a * d + b] = a === b ? Math.sqrt(rest) : rest / root[b * d + b]!;
    }
  return root;
}
