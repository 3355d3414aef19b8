/**
 * log p of some known variables of a world, in nats per unit of each, unit by unit: exact where the rest is known,
 * normal in closed form, or enumerated; else an estimate by importance sampling, in independent parts, with its
 * standard error. Where an amortised mechanism enters, it is a lower bound in expectation (importance-weighted over its
 * draws; Burda, Grosse & Salakhutdinov 2016).
 */
import { evaluate } from "../../../algebra/evaluate.js";
import { fixedVariables, planInference } from "../../../model/plans/plan-inference.js";
import type { InferencePlan, Intervention } from "../../../schema/types.js";
import { originOfVariable } from "../../mechanisms/bound/variables.js";
import { inferredModel, type LoadedModel } from "../../mechanisms/loaded-model.js";
import type { Engine, HostData } from "../../tensors/core/engine.js";
import { blockOfRows } from "../../tensors/core/rows.js";
import type { RandomKey } from "../../tensors/random/index.js";
import { gaussianUnit } from "../exact/gaussian-unit.js";
import { mentionsNatural } from "../programs/world.js";
import { knownValues, notInferable, posteriorOf } from "./complete-units.js";
import { compileStep, interventionNoise } from "./particle-step.js";
import { inferParticles } from "./particles.js";
import { logSumExp } from "./resample.js";

export interface ScoreRequest {
  readonly loaded: LoadedModel;
  readonly engine: Engine;
  readonly interventions: readonly Intervention[];
  /** `[units, size]` of the known variables. */
  readonly observed: ReadonlyMap<string, Float32Array>;
  readonly units: number;
  /** Particles a unit, where they are needed. */
  readonly samples: number;
  readonly key: RandomKey;
  readonly unitName?: (unit: number) => string;
}

export interface Score {
  readonly plan: InferencePlan;
  readonly kind: "exact" | "estimate" | "bound";
  /** `[units, parts]`: independent estimates of log p; of an exact score, one part. */
  readonly parts: Float64Array;
  readonly partsOfUnit: number;
  readonly effectiveSize: Float64Array | null;
}

const independentParts = 20;

export async function scoreUnits(request: ScoreRequest): Promise<Score> {
  const { loaded, interventions, observed, units, samples } = request;
  const plan = planInference(inferredModel(loaded), {
    interventions,
    observed: [...observed.keys()],
    needed: [],
    scoresEvidence: true,
  });
  if (plan.method === "impossible") throw notInferable(loaded, plan);
  const drawn = plan.observed.filter((name) => isDrawn(loaded, interventions, name));
  const isBound = plan.observed.some((name) => loaded.mechanisms.get(name)!.density === "bound");
  if (plan.method === "gaussian" && drawn.length === 0) {
    const rest = await sumOfTerms(request, plan, others(plan));
    for (let unit = 0; unit < units; unit++) rest[unit]! += gaussianEvidence(request, unit, plan);
    return { plan, kind: "exact", parts: rest, partsOfUnit: 1, effectiveSize: null };
  }
  if (plan.infer.length === 0 && drawn.length === 0)
    return {
      plan,
      kind: "exact",
      parts: await sumOfTerms(request, plan, plan.observed),
      partsOfUnit: 1,
      effectiveSize: null,
    };
  if (plan.method === "enumeration" && drawn.length === 0) {
    const rest = await sumOfTerms(request, plan, others(plan));
    const inferred = await inferParticles({ ...request, plan, proposals: 1, allowsZero: true });
    for (let unit = 0; unit < units; unit++) rest[unit]! += inferred.logEvidence[unit]!;
    return { plan, kind: "exact", parts: rest, partsOfUnit: 1, effectiveSize: null };
  }
  const weighed = { ...plan, method: "importance" as const, weigh: union(plan, [...plan.weigh, ...drawn]) };
  const rest = await sumOfTerms(request, weighed, others(weighed));
  const parts = Math.min(independentParts, samples);
  const inferred = await inferParticles({
    ...request,
    plan: weighed,
    allowsZero: true,
    observed: new Map([...observed].map(([name, data]) => [name, repeatedUnits(data, units, parts)])),
    units: units * parts,
    proposals: Math.max(1, Math.floor(samples / parts)),
    unitName: (row) => request.unitName?.(Math.floor(row / parts)) ?? `unit ${Math.floor(row / parts) + 1}`,
  });
  const all = inferred.logEvidence.map((value, row) => value + rest[Math.floor(row / parts)]!);
  const effectiveSize = new Float64Array(units);
  inferred.effectiveSize.forEach((size, row) => {
    effectiveSize[Math.floor(row / parts)]! += size;
  });
  return { plan: weighed, kind: isBound ? "bound" : "estimate", parts: all, partsOfUnit: parts, effectiveSize };
}

/** log of the mean of a unit's parts, one of them left out where `left` names it. */
export function scoreOf({ parts, partsOfUnit }: Score, unit: number, left: number | null = null): number {
  const own = parts.subarray(unit * partsOfUnit, (unit + 1) * partsOfUnit);
  if (partsOfUnit === 1) return own[0]!;
  const kept = left === null ? own : own.filter((_, part) => part !== left);
  return logSumExp(Float64Array.from(kept)) - Math.log(kept.length);
}

/** Known variables that nothing missing causes. */
const others = (plan: InferencePlan) => plan.observed.filter((name) => !plan.weigh.includes(name));
const union = (plan: InferencePlan, names: readonly string[]) => plan.observed.filter((name) => names.includes(name));

/**
 * Whether a likelihood takes draws: an amortised posterior's, what a stochastic intervention starts from, or a noise
 * that only some see.
 */
function isDrawn(loaded: LoadedModel, interventions: readonly Intervention[], name: string): boolean {
  if (loaded.mechanisms.get(name)?.density === "bound") return true;
  if (interventions.some(({ only, noises }) => noises.length > 0 && only?.includes(name) === true)) return true;
  const whole = interventions.find(({ variable, only }) => variable === name && only === undefined);
  if (whole === undefined) return false;
  return whole.noises.length > 1 || (whole.noises.length === 1 && mentionsNatural(whole.expression));
}

function gaussianEvidence(
  { loaded, observed, units, unitName, interventions }: ScoreRequest,
  unit: number,
  plan: InferencePlan,
) {
  const values = knownValues(loaded, observed, units, unit);
  const fixed = fixedVariables(loaded.model, interventions, observed.keys());
  // Interventions on what matters are not in closed form, except that they fix causes at constants.
  const constants = new Map<string, number>();
  for (const name of fixed) {
    const { expression } = interventions.find(({ variable, only }) => variable === name && only === undefined)!;
    constants.set(
      name,
      evaluate(expression, { variables: new Map([...constants, ...scalars(loaded, observed, units, unit)]) }),
    );
  }
  const known = (name: string) => (constants.has(name) ? [constants.get(name)!] : values(name));
  const own = gaussianUnit(loaded, known, new Set([...fixed, ...others(plan)]));
  return posteriorOf({ loaded, ...(unitName ? { unitName } : {}) }, own, unit).logEvidence;
}

/** In the variables' own units. */
function scalars(
  { variables }: LoadedModel,
  observed: ReadonlyMap<string, Float32Array>,
  units: number,
  unit: number,
): [string, number][] {
  return [...observed]
    .filter(([, data]) => data.length === units)
    .map(([name, data]) => [name, data[unit]! + originOfVariable(variables.get(name))]);
}

/** Σ log p of variables whose causes are known, `[units]`. */
async function sumOfTerms(
  { loaded, engine, interventions, observed, units, key }: ScoreRequest,
  plan: InferencePlan,
  weigh: readonly string[],
): Promise<Float64Array> {
  const sums = new Float64Array(units);
  if (weigh.length === 0) return sums;
  const block = Math.min(units, 1024);
  const step = await compileStep({
    loaded,
    engine,
    interventions,
    state: plan.observed,
    compute: fixedVariables(loaded.model, interventions, plan.observed),
    weigh,
    units: block,
    particles: 1,
    key,
  });
  try {
    for (let first = 0; first < units; first += block) {
      const inputs = new Map<string, HostData>();
      for (const [name, data] of observed)
        inputs.set(name, blockOfRows({ rows: units, size: data.length / units, data }, first, block));
      // None of these terms depends on a noise of an intervention, unless it is solved for.
      for (const { variable, noises } of interventions)
        for (const { name } of noises) inputs.set(interventionNoise(variable, name), new Float32Array(block));
      const { logWeights } = await step.run(inputs, first);
      const valid = Math.min(block, units - first);
      for (const terms of logWeights.values())
        for (let unit = 0; unit < valid; unit++) sums[first + unit]! += terms[unit]!;
    }
    return sums;
  } finally {
    await step.dispose();
  }
}

function repeatedUnits(values: Float32Array, units: number, times: number): Float32Array {
  const size = values.length / units;
  const all = new Float32Array(values.length * times);
  for (let row = 0; row < units * times; row++) {
    const unit = Math.floor(row / times);
    all.set(values.subarray(unit * size, (unit + 1) * size), row * size);
  }
  return all;
}
