/**
 * log-density of a term's targets given its evidence, under its interventions, in nats per unit of each target: at the
 * point that the query states, or at the observed units, of which it is the mean. log p(targets | evidence) = log
 * p(both) - log p(evidence).
 */

import { targetNames } from "../../../algebra/expression.js";
import { failure } from "../../../diagnostics/diagnostic.js";
import type { QueryTerm } from "../../../schema/types.js";
import type { LoadedModel } from "../../mechanisms/loaded-model.js";
import type { Engine } from "../../tensors/core/engine.js";
import { gatherRows, type Rows } from "../../tensors/core/rows.js";
import type { RandomKey } from "../../tensors/random/index.js";
import { contradiction } from "../exact/contradiction.js";
import { isMissingAt } from "../particles/patterns.js";
import { type Score, scoreOf, scoreUnits } from "../particles/score.js";
import { evidenceValues } from "./evidence-world.js";
import { blocks, type TermSummary } from "./term-summary.js";

export interface DensityRequest {
  readonly loaded: LoadedModel;
  readonly engine: Engine;
  readonly term: QueryTerm;
  /** Where the term states no point. */
  readonly observed?: ReadonlyMap<string, Rows> | undefined;
  /** How much each observed unit counts in the mean over them, `[units]`; all alike where it is left out. */
  readonly weights?: Float64Array | undefined;
  /** Particles a unit, where the density is not exact. */
  readonly samples: number;
  readonly key: RandomKey;
}

export interface UnitDensities {
  /** log p of each unit that has all targets, `[units]`. */
  readonly logDensity: Float64Array;
  readonly standardError: Float64Array;
  readonly units: Int32Array;
  /** Of the data, those included that lack a target; null at a point. */
  readonly total: number | null;
  readonly joint: Score;
  readonly evidence: Score | null;
}

export async function unitDensities(request: DensityRequest): Promise<UnitDensities> {
  const { loaded, term } = request;
  const targets = targetNames(term.of);
  const { columns, units, total } = pointsOf(request, targets);
  const given = evidenceValues({ loaded, evidence: term.evidence });
  for (const [name, value] of given) columns.set(name, new Float32Array(units.length).fill(value));
  const score = (observed: ReadonlyMap<string, Float32Array>, count: number) =>
    scoreUnits({
      loaded,
      engine: request.engine,
      interventions: term.interventions,
      observed,
      units: count,
      samples: request.samples,
      key: request.key.split("density"),
      unitName: (unit) => (count === units.length ? `unit ${units[unit]! + 1}` : "the query"),
    });
  const evidence =
    given.size === 0
      ? null
      : await score(new Map([...given].map(([name, value]) => [name, Float32Array.of(value)])), 1);
  if (evidence && scoreOf(evidence, 0) === Number.NEGATIVE_INFINITY)
    throw contradiction(loaded, { unit: "the query", variable: [...given.keys()].at(-1)!, how: "sampled" });
  const joint = await score(columns, units.length);
  const difference = (unit: number, left: number | null = null) =>
    scoreOf(joint, unit, left) - (evidence ? scoreOf(evidence, 0, left) : 0);
  const logDensity = Float64Array.from(units, (_, unit) => difference(unit));
  const standardError = Float64Array.from(units, (_, unit) =>
    partsError((left) => difference(unit, left), joint, evidence),
  );
  return { logDensity, standardError, units, total, joint, evidence };
}

/** The jackknife over independent parts. */
function partsError(without: (left: number) => number, joint: Score, evidence: Score | null): number {
  const parts = Math.max(joint.partsOfUnit, evidence?.partsOfUnit ?? 1);
  if (parts === 1) return 0;
  const values = Array.from({ length: parts }, (_, left) => without(left));
  if (!values.every(Number.isFinite)) return Number.NaN;
  const center = values.reduce((sum, value) => sum + value, 0) / parts;
  return Math.sqrt(((parts - 1) / parts) * values.reduce((sum, value) => sum + (value - center) ** 2, 0));
}

export async function densityTerm(request: DensityRequest): Promise<TermSummary> {
  const { logDensity, units, total, joint, evidence } = await unitDensities(request);
  const count = logDensity.length;
  const weightOf = (unit: number) => (total === null ? 1 : (request.weights?.[units[unit]!] ?? 1));
  const kinds = [joint.kind, ...(evidence ? [evidence.kind] : [])];
  const drawn = joint.partsOfUnit > 1 || (evidence?.partsOfUnit ?? 1) > 1;
  const kind = kinds.includes("bound") ? "bound" : kinds.includes("estimate") || count > 1 ? "estimate" : "exact";
  // Of fewer units than blocks each is a block of its own, and the jackknife over all blocks counts the empty ones.
  const scale = count < blocks ? Math.sqrt(((count - 1) / count) * (blocks / (blocks - 1))) : 1;
  const atPoint = (left: number | null) => scoreOf(joint, 0, left) - (evidence ? scoreOf(evidence, 0, left) : 0);
  // Data may be sorted: blocks of neighbours would differ by more than chance.
  const places = request.key.split("blocks of units").permutation(count);
  const sumOf = (of: (unit: number) => number) => logDensity.reduce((sum, _, unit) => sum + of(unit), 0);
  const whole = sumOf((unit) => weightOf(unit) * logDensity[unit]!) / sumOf(weightOf);
  const meanWithout = (left: number | null) => {
    let sum = 0;
    let kept = 0;
    // The evidence is common to all units, so its error does not average out over them: both leave a part out together.
    const own = left === null || !evidence ? 0 : scoreOf(evidence, 0, left) - scoreOf(evidence, 0);
    for (let unit = 0; unit < count; unit++) {
      if (left !== null && Math.floor((places[unit]! * blocks) / count) === left) continue;
      sum += weightOf(unit) * logDensity[unit]!;
      kept += weightOf(unit);
    }
    return left === null ? sum / kept : whole + scale * (sum / kept - whole) - own;
  };
  return {
    kind,
    plan: joint.plan,
    effectiveSize: joint.effectiveSize === null ? null : Math.min(...joint.effectiveSize),
    value: count === 1 ? atPoint : meanWithout,
    ...(total === null ? {} : { units: { used: count, of: total, drawn } }),
    unfinite: { count: logDensity.filter((value) => !Number.isFinite(value)).length, of: count },
  };
}

/** The point of the term as one unit, or the observed units that have every target. */
function pointsOf({ loaded, term, observed, weights }: DensityRequest, targets: readonly string[]) {
  const columns = new Map<string, Float32Array>();
  if (term.at !== undefined) {
    for (const [name, value] of evidenceValues({ loaded, evidence: term.at }))
      columns.set(name, Float32Array.of(value));
    return { columns, units: Int32Array.of(0), total: null };
  }
  const missing = targets.filter((name) => !observed?.has(name));
  const total = observed?.get(targets[0]!)?.rows ?? 0;
  const all = Int32Array.from({ length: total }, (_, unit) => unit);
  const units =
    missing.length > 0
      ? all
      : all.filter(
          (unit) => weights?.[unit] !== 0 && targets.every((name) => !isMissingAt(observed!.get(name)!, unit)),
        );
  if (missing.length > 0 || units.length === 0)
    throw failure(
      "7072",
      loaded.model.name,
      `density(${targets.join(", ")}) is taken at observed units, and there are none with ${(missing.length > 0 ? missing : targets).map((name) => `\`${name}\``).join(", ")}`,
      `Name data, or a point: density(${targets.map((name) => `${name} = …`).join(", ")}).`,
    );
  for (const name of targets) {
    const data = gatherRows(observed!.get(name)!, units);
    columns.set(name, data instanceof Float32Array ? data : Float32Array.from(data));
  }
  return { columns, units, total };
}
