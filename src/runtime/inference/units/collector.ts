/** The answers to the units of one block, put together from those of its patterns. */
import { classesOf } from "../../mechanisms/bound/variables.js";
import type { LoadedModel } from "../../mechanisms/loaded-model.js";
import { addTally, emptyTally, type Tally } from "../../support/tally.js";
import type { Rows } from "../../tensors/core/rows.js";
import { type Aggregate, aggregate, type Spread, type Wanted } from "../particles/aggregate.js";
import { type CounterfactualAnswer, modalClasses } from "../programs/counterfactual.js";
import type { BlockReport } from "./patterns-found.js";

/** The answers to the units of one block. */
export interface UnitsPart {
  /**
   * By target, `[rows, size]`, less its origin: the mean over particles, for classes the modal one; copied variables as
   * observed.
   */
  readonly values: ReadonlyMap<string, Float32Array>;
  /** For each computed target with classes, the share of particles in each class, `[rows, classes]`. */
  readonly probabilities: ReadonlyMap<string, Float32Array>;
  /** Standard deviations and quantiles of the targets that are numbers, where they were asked for. */
  readonly spread: ReadonlyMap<string, Spread>;
  /** How often the recomputed learned mechanisms see causes that training hardly held: one tally for each. */
  readonly tallies: readonly Tally[];
  readonly reports: readonly BlockReport[];
}

export class UnitsCollector {
  private readonly values = new Map<string, Float32Array>();
  private readonly probabilities = new Map<string, Float32Array>();
  private readonly spread = new Map<string, { sd?: Float32Array; quantiles: Map<number, Float32Array> }>();
  private readonly reports: BlockReport[] = [];
  private readonly tallies = new Map<string, Tally>();

  constructor(
    private readonly loaded: LoadedModel,
    private readonly targets: readonly string[],
    private readonly wanted: Wanted,
    private readonly rows: number,
  ) {}

  /** Reports are of units whose values were missing. */
  report(report: BlockReport): void {
    const { observed, method } = report.plan;
    if (method !== "complete" || this.targets.some((name) => !observed.includes(name))) this.reports.push(report);
  }

  takeWhole({ values, probabilities, tallies }: CounterfactualAnswer, units: Int32Array): void {
    for (const [name, data] of values) this.place(this.values, name, data, units);
    for (const [name, data] of probabilities) this.place(this.probabilities, name, data, units);
    this.addTallies(tallies, 1);
  }

  /** One row a particle; the targets that are observed and unchanged are copied elsewhere. */
  takeParticles({ values }: CounterfactualAnswer, units: Int32Array, particles: number, open: readonly string[]): void {
    for (const name of open) {
      const data = values.get(name);
      if (!data) continue;
      this.takeTarget(name, aggregate(this.loaded, name, data, units.length, particles, this.wanted), units);
    }
  }

  takeTarget(name: string, { mean, spread }: Aggregate, units: Int32Array): void {
    const classes = classesOf(this.loaded.variables.get(name)!.domain);
    if (classes > 0) {
      this.place(this.probabilities, name, mean, units);
      this.place(this.values, name, modalClasses(mean, classes), units);
      return;
    }
    this.place(this.values, name, mean, units);
    if (!spread) return;
    const own = this.spread.get(name) ?? { quantiles: new Map<number, Float32Array>() };
    this.spread.set(name, own);
    if (spread.sd) own.sd = this.placed(own.sd, spread.sd, units);
    for (const [level, data] of spread.quantiles)
      own.quantiles.set(level, this.placed(own.quantiles.get(level), data, units));
  }

  /** What is observed and reached by no intervention, bit for bit. */
  copyObserved(units: Int32Array, observed: ReadonlyMap<string, Rows>, open: readonly string[]): void {
    for (const name of this.targets) {
      const rows = observed.get(name);
      if (rows && !open.includes(name)) this.place(this.values, name, Float32Array.from(rows.data), units);
    }
  }

  /** Particles count as parts of a unit. */
  addTallies(tallies: readonly Tally[], particles: number): void {
    for (const tally of tallies) {
      const name = tally.support.variable;
      const sum = this.tallies.get(name) ?? emptyTally(tally.support);
      this.tallies.set(name, sum);
      addTally(sum, tally, 1 / particles);
    }
  }

  finish(): UnitsPart {
    this.completeShares();
    const { values, probabilities, spread, reports } = this;
    return { values, probabilities, spread, reports, tallies: [...this.tallies.values()] };
  }

  /** If a unit's class was observed, that class gets probability 1. */
  private completeShares(): void {
    for (const [name, shares] of this.probabilities) {
      const classes = shares.length / this.rows;
      this.values.get(name)!.forEach((code, unit) => {
        const own = shares.subarray(unit * classes, (unit + 1) * classes);
        if (own.every((share) => share === 0)) own[code] = 1;
      });
    }
  }

  private place(all: Map<string, Float32Array>, name: string, data: Float32Array, units: Int32Array): void {
    all.set(name, this.placed(all.get(name), data, units));
  }

  private placed(all: Float32Array | undefined, data: Float32Array, units: Int32Array): Float32Array {
    const size = data.length / units.length;
    const whole = all ?? new Float32Array(this.rows * size);
    units.forEach((unit, row) => {
      whole.set(data.subarray(row * size, (row + 1) * size), unit * size);
    });
    return whole;
  }
}
