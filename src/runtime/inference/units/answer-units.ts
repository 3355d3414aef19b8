/**
 * Counterfactuals of units of which some variables may be missing, and their spread over particles.
 *
 * Units are grouped by what is observed of them. Where everything that is read is observed, the answer is that of
 * `counterfactual`, and only its spread is found as follows. Otherwise: a closed form where the changed and missing
 * targets are normal in some coordinate; else each unit is completed by draws from its posterior (`complete-units.ts`),
 * every completion has its counterfactual, and these are aggregated.
 */
import { observedFor, planCounterfactual } from "../../../model/plans/plan.js";
import type { InferencePlan, QueryPlan } from "../../../schema/types.js";
import { classesOf, sizeOf } from "../../mechanisms/bound/variables.js";
import type { LoadedModel } from "../../mechanisms/loaded-model.js";
import type { SupportFinding } from "../../support/finding.js";
import { findingsOf } from "../../support/findings.js";
import { addTally, emptyTally, type Tally } from "../../support/tally.js";
import type { HostData } from "../../tensors/core/engine.js";
import { gatherRows, type Rows } from "../../tensors/core/rows.js";
import { type Aggregate, aggregate, type Spread, type Wanted } from "../particles/aggregate.js";
import { closedFormOf } from "../particles/closed-counterfactual.js";
import { completeUnits, notInferable, planFor, requirePossible } from "../particles/complete-units.js";
import { type Pattern, patternsOf } from "../particles/patterns.js";
import {
  type CounterfactualAnswer,
  type CounterfactualRequest,
  counterfactual,
  modalClasses,
  recomputedToLookUp,
} from "../programs/counterfactual.js";
import type { OperatorRecord, OperatorRecords } from "../programs/operators.js";
import { lookUp, namesToLookUp } from "../programs/seen-causes.js";
import { requireAnswerable } from "../terms/require-answerable.js";

export interface UnitsRequest extends CounterfactualRequest {
  readonly wanted?: Wanted;
  /** Proposals of importance sampling for each unit, of which `particles` are kept. */
  readonly proposals?: number;
  /** Importance sampling also where an exact method would serve. */
  readonly method?: "importance";
}

export interface UnitsAnswer extends Omit<CounterfactualAnswer, "tallies"> {
  /** Standard deviations and quantiles of the targets that are numbers, where they were asked for. */
  readonly spread: ReadonlyMap<string, Spread>;
  /** Where the answer leans on causes that training hardly held. */
  readonly support: readonly SupportFinding[];
  /** How the units with missing values were completed; empty where none were. */
  readonly inference: readonly PatternReport[];
}

export interface PatternReport {
  readonly plan: InferencePlan;
  readonly units: number;
  /** Whether the answer is exact, without draws. */
  readonly closedForm: boolean;
  /**
   * Of importance sampling: the smallest and the median effective number of its proposals, and the unit of the
   * smallest.
   */
  readonly effectiveSize: { readonly smallest: number; readonly median: number; readonly unit: string } | null;
  readonly proposals: number;
}

/** Below it, a posterior stands on so few particles that its figures say little. */
export const smallEffectiveSize = 30;
export const defaultProposals = 1024;

const nothing: Wanted = { sd: false, quantiles: [] };
/** Numbers in a block's completed rows. */
const numbersInBlock = 4_000_000;
const rowsInBlock = 32_768;

export async function answerUnits(request: UnitsRequest): Promise<UnitsAnswer> {
  const { loaded, observed, interventions } = request;
  const targets = request.targets ?? loaded.model.order;
  requireAnswerable(loaded.model, { kind: "counterfactual", targets, evidence: [], interventions }, observed.keys());
  const plan = planCounterfactual(loaded.model, interventions, targets);
  const needed = [...new Set([...observedFor(loaded.model, interventions, plan), ...targets])];
  const known = needed.filter((name) => loaded.mechanisms.has(name));
  const units = [...observed.values()][0]?.rows ?? [...(request.records?.values() ?? [])][0]?.rows ?? 0;
  const names = [...loaded.mechanisms.keys()];
  const patterns = patternsOf(names, observed, units);
  const isWhole = (pattern: Pattern) => known.every((name) => pattern.observed.includes(name));
  const spreads = request.wanted ?? nothing;
  const spreadless = !spreads.sd && spreads.quantiles.length === 0;
  if (spreadless && patterns.length === 1 && isWhole(patterns[0]!))
    return withSupport(loaded, { ...(await counterfactual(request)), spread: new Map(), inference: [] });
  const collector = new AnswerCollector(request, plan, targets, units);
  for (const pattern of patterns) {
    if (!spreadless || !isWhole(pattern)) await answerPattern(request, pattern, known, collector);
    if (!isWhole(pattern)) continue;
    // Last: means are the same whether or not their spread is asked for.
    const unitName = (row: number) => nameOf(request, pattern.units[row]!);
    const answer = await counterfactual({ ...request, ...subset(request, pattern.units), unitName });
    collector.takeWhole(answer, pattern.units);
  }
  return withSupport(loaded, collector.finish());
}

/** An answer to units, what its causes were found to be in place of the tallies. */
export function withSupport<Answered extends { readonly tallies: readonly Tally[] }>(
  loaded: LoadedModel,
  { tallies, ...answer }: Answered,
): Omit<Answered, "tallies"> & { readonly support: readonly SupportFinding[] } {
  return { ...answer, support: findingsOf(loaded, tallies, { of: "units" }) };
}

function nameOf({ unitName }: UnitsRequest, unit: number): string {
  return unitName?.(unit) ?? `unit ${unit + 1}`;
}

async function answerPattern(
  request: UnitsRequest,
  pattern: Pattern,
  needed: readonly string[],
  collector: AnswerCollector,
): Promise<void> {
  const { loaded, particles, method } = request;
  const inference = planFor(loaded, pattern.observed, needed, method);
  if (inference.method === "impossible") throw notInferable(loaded, inference);
  const name = (unit: number) => nameOf(request, unit);
  const proposals = Math.max(particles, request.proposals ?? defaultProposals);
  const { observed: all } = subset(request, pattern.units, pattern.observed);
  const open = collector.targets.filter(
    (target) => collector.changed.has(target) || !pattern.observed.includes(target),
  );
  const unitName = (row: number) => name(pattern.units[row]!);
  const count = pattern.units.length;
  if (inference.method !== "complete")
    await requirePossible(
      { loaded, engine: request.engine, observed: floatsOf(all), units: count, key: request.key, unitName },
      inference,
    );
  if (method === undefined && inference.method !== "importance" && inference.method !== "enumeration") {
    const closed = closedFormOf({
      loaded,
      interventions: request.interventions,
      observed: floatsOf(all),
      units: count,
      targets: open,
      wanted: request.wanted ?? nothing,
      unitName,
    });
    if (closed) {
      for (const [target, answer] of closed) collector.takeTarget(target, answer, pattern.units);
      collector.copyObserved(pattern, all, open);
      if (inference.method !== "complete")
        collector.addTallies(talliesOfMeans(request, collector.plan, floatsOf(all), count, unitName), 1);
      collector.report({
        plan: inference,
        units: pattern.units.length,
        closedForm: true,
        effectiveSize: null,
        proposals,
      });
      return;
    }
  }
  const width = needed.reduce((sum, one) => sum + sizeOf(loaded.variables.get(one)!.domain), 0);
  const rows = Math.min(rowsInBlock, Math.floor(numbersInBlock / Math.max(1, width)));
  const block = Math.max(1, Math.floor(rows / particles));
  // An exact abduction recovers the very noise that a drawn value was made from, or draws from its posterior.
  const fresh = new Set(
    inference.draw.filter((one) => ["amortised", "implicit"].includes(loaded.mechanisms.get(one)?.abduction ?? "none")),
  );
  const sizes: { size: number; unit: number }[] = [];
  for (let first = 0; first < pattern.units.length; first += block) {
    const chosen = pattern.units.subarray(first, first + block);
    const { observed, records } = subset(request, chosen, pattern.observed);
    const key = request.key.split("completed").split(pattern.observed.join(" ")).split(first);
    const completion = await completeUnits({
      loaded,
      engine: request.engine,
      observed: floatsOf(observed),
      units: chosen.length,
      needed,
      particles,
      proposals,
      key,
      unitName: (unit) => name(chosen[unit]!),
      ...(method ? { method } : {}),
    });
    const whole = new Map<string, Rows>();
    const completed = chosen.length * particles;
    for (const [variable, data] of completion.values)
      whole.set(variable, { rows: completed, size: data.length / completed, data });
    const answer = await counterfactual({
      ...request,
      observed: whole,
      ...(records ? { records: repeatedRecords(records, particles) } : {}),
      particles: 1,
      fresh,
      key,
      unitName: (row) => name(chosen[Math.floor(row / particles)]!),
    });
    collector.takeParticles(answer, chosen, particles, open);
    if (inference.method !== "complete") collector.addTallies(answer.tallies, particles);
    completion.effectiveSize?.forEach((size, unit) => {
      sizes.push({ size, unit: chosen[unit]! });
    });
    request.onRows?.(first + chosen.length, pattern.units.length);
  }
  collector.copyObserved(pattern, all, open);
  sizes.sort((a, b) => a.size - b.size);
  const [least] = sizes;
  collector.report({
    plan: inference,
    units: pattern.units.length,
    closedForm: false,
    proposals,
    effectiveSize:
      inference.method === "importance" && least
        ? { smallest: least.size, median: sizes[sizes.length >> 1]!.size, unit: name(least.unit) }
        : null,
  });
}

/**
 * Without draws, the causes of a unit are looked up at their means; those of mechanisms that have no closed form are
 * not.
 */
function talliesOfMeans(
  { loaded, interventions }: UnitsRequest,
  plan: QueryPlan,
  observed: ReadonlyMap<string, Float32Array>,
  units: number,
  unitName: (row: number) => string,
): Tally[] {
  return recomputedToLookUp(loaded, interventions, plan).flatMap((mechanism) => {
    const targets = namesToLookUp(loaded, [mechanism], interventions);
    const means = closedFormOf({ loaded, interventions, observed, units, targets, wanted: nothing, unitName });
    if (means === undefined) return [];
    const values = new Map([...means].map(([name, { mean }]) => [name, mean]));
    return lookUp(loaded, [mechanism], { interventions, given: [] }, { values, rows: units });
  });
}

/** The rows of some units, of the variables that are observed in them. */
function subset(
  { observed, records }: CounterfactualRequest,
  units: Int32Array,
  names: readonly string[] = [...observed.keys()],
): { observed: Map<string, Rows>; records?: OperatorRecords } {
  const chosen = new Map<string, Rows>();
  for (const name of names) {
    const rows = observed.get(name);
    if (!rows) continue;
    const data: HostData = gatherRows(rows, units);
    chosen.set(name, { rows: units.length, size: rows.size, data: data as Float32Array | Uint8Array });
  }
  if (!records) return { observed: chosen };
  const own = new Map<string, OperatorRecord>();
  for (const [name, record] of records) {
    const size = record.height * record.width;
    const images = gatherRows({ rows: record.rows, size, data: record.images }, units) as Uint8Array;
    own.set(name, { ...record, rows: units.length, images });
  }
  return { observed: chosen, records: own };
}

function repeatedRecords(records: OperatorRecords, times: number): OperatorRecords {
  return new Map(
    [...records].map(([name, record]) => {
      const indices = Int32Array.from({ length: record.rows * times }, (_, row) => Math.floor(row / times));
      const size = record.height * record.width;
      const images = gatherRows({ rows: record.rows, size, data: record.images }, indices) as Uint8Array;
      return [name, { ...record, rows: indices.length, images }];
    }),
  );
}

/** 8-bit images as numbers. */
function floatsOf(rows: ReadonlyMap<string, Rows>): Map<string, Float32Array> {
  return new Map(
    [...rows].map(([name, { data }]) => [name, data instanceof Uint8Array ? Float32Array.from(data) : data]),
  );
}

class AnswerCollector {
  readonly changed: ReadonlySet<string>;
  private readonly values = new Map<string, Float32Array>();
  private readonly probabilities = new Map<string, Float32Array>();
  private readonly spread = new Map<string, { sd?: Float32Array; quantiles: Map<number, Float32Array> }>();
  private readonly inference: PatternReport[] = [];
  private readonly tallies = new Map<string, Tally>();

  constructor(
    private readonly request: UnitsRequest,
    readonly plan: QueryPlan,
    readonly targets: readonly string[],
    private readonly units: number,
  ) {
    this.changed = new Set([...plan.replace, ...plan.recompute]);
  }

  report(report: PatternReport): void {
    const { observed } = report.plan;
    const isPartial = this.targets.some((name) => !observed.includes(name)) || report.plan.method !== "complete";
    if (isPartial) this.inference.push(report);
  }

  takeWhole({ values, probabilities, tallies }: CounterfactualAnswer, units: Int32Array): void {
    for (const [name, data] of values) this.place(this.values, name, data, units);
    for (const [name, data] of probabilities) this.place(this.probabilities, name, data, units);
    this.addTallies(tallies, 1);
  }

  /** One row a particle; the targets that are observed and unchanged are copied elsewhere. */
  takeParticles({ values }: CounterfactualAnswer, units: Int32Array, particles: number, open: readonly string[]): void {
    const { loaded } = this.request;
    for (const name of open) {
      const data = values.get(name);
      if (!data) continue;
      const answer = aggregate(loaded, name, data, units.length, particles, this.request.wanted ?? nothing);
      this.takeTarget(name, answer, units);
    }
  }

  takeTarget(name: string, { mean, spread }: Aggregate, units: Int32Array): void {
    const classes = classesOf(this.request.loaded.variables.get(name)!.domain);
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
  copyObserved({ units }: Pattern, observed: ReadonlyMap<string, Rows>, open: readonly string[]): void {
    for (const name of this.targets) {
      const rows = observed.get(name);
      if (rows && !open.includes(name)) this.place(this.values, name, Float32Array.from(rows.data), units);
    }
  }

  /** Of a unit whose class was observed, all of the share is that class's. */
  private completeShares(): void {
    for (const [name, shares] of this.probabilities) {
      const classes = shares.length / this.units;
      this.values.get(name)!.forEach((code, unit) => {
        const own = shares.subarray(unit * classes, (unit + 1) * classes);
        if (own.every((share) => share === 0)) own[code] = 1;
      });
    }
  }

  finish(): Omit<UnitsAnswer, "support"> & Pick<CounterfactualAnswer, "tallies"> {
    this.completeShares();
    const { plan, values, probabilities, spread, inference } = this;
    return { plan, values, probabilities, spread, inference, tallies: [...this.tallies.values()] };
  }

  private place(all: Map<string, Float32Array>, name: string, data: Float32Array, units: Int32Array): void {
    all.set(name, this.placed(all.get(name), data, units));
  }

  private placed(all: Float32Array | undefined, data: Float32Array, units: Int32Array): Float32Array {
    const size = data.length / units.length;
    const whole = all ?? new Float32Array(this.units * size);
    units.forEach((unit, row) => {
      whole.set(data.subarray(row * size, (row + 1) * size), unit * size);
    });
    return whole;
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
}
