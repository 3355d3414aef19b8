/**
 * Completes partially observed units: each becomes several whole units, draws from the posterior of what is missing
 * given what is observed. The noises of a whole unit are abducted as ever, since p(ε | observed) = ∫ p(ε | observed,
 * missing) p(missing | observed) d missing.
 */
import { failure, type ScmcError } from "../../../diagnostics/diagnostic.js";
import { planInference } from "../../../model/plans/plan-inference.js";
import type { InferencePlan } from "../../../schema/types.js";
import { originOfVariable } from "../../mechanisms/bound/variables.js";
import { inferredModel, type LoadedModel } from "../../mechanisms/loaded-model.js";
import type { Engine } from "../../tensors/core/engine.js";
import type { RandomKey } from "../../tensors/random/index.js";
import { contradiction } from "../exact/contradiction.js";
import { along, DependentEvidence, type NormalPosterior, normalPosterior } from "../exact/gaussian-posterior.js";
import { type GaussianUnit, gaussianUnit, valueAtCoordinate } from "../exact/gaussian-unit.js";
import { logProbability } from "../programs/log-probability.js";
import { drawForward } from "./forward.js";
import { inferParticles } from "./particles.js";
import { systematic } from "./resample.js";

export interface CompletionRequest {
  readonly loaded: LoadedModel;
  readonly engine: Engine;
  /** `[units, size]` of each observed variable, the same ones in every unit. */
  readonly observed: ReadonlyMap<string, Float32Array>;
  readonly units: number;
  /** Variables whose values are wanted, observed or not. */
  readonly needed: readonly string[];
  /** Completions of each unit. */
  readonly particles: number;
  /** Proposals of importance sampling, of which the completions are drawn. */
  readonly proposals: number;
  readonly key: RandomKey;
  readonly unitName?: (unit: number) => string;
  /** Instead of the planned method: importance sampling always serves. */
  readonly method?: "importance";
}

export interface Completion {
  readonly plan: InferencePlan;
  /** `[units * particles, size]` of every variable that is observed or was needed, units outermost. */
  readonly values: ReadonlyMap<string, Float32Array>;
  /** Effective number of proposals, `[units]`; null where nothing was weighed. */
  readonly effectiveSize: Float64Array | null;
}

/** The plan with the types that are known by now. */
export function planFor(
  loaded: LoadedModel,
  observed: readonly string[],
  needed: readonly string[],
  method?: "importance",
): InferencePlan {
  const plan = planInference(inferredModel(loaded), { interventions: [], observed, needed });
  const isExact = plan.method === "gaussian" || plan.method === "enumeration";
  return method !== undefined && isExact ? { ...plan, method } : plan;
}

export async function completeUnits(request: CompletionRequest): Promise<Completion> {
  const { loaded, observed, units, needed, particles } = request;
  const plan = planFor(loaded, [...observed.keys()], needed, request.method);
  if (plan.method === "impossible") throw notInferable(loaded, plan);
  const values = new Map<string, Float32Array>();
  for (const [name, rows] of observed) values.set(name, repeated(rows, units, particles));
  let effectiveSize: Float64Array | null = null;
  if (plan.method === "gaussian") drawGaussian(request, plan, values);
  else if (plan.infer.length > 0) effectiveSize = await drawWeighted(request, plan, values);
  await drawForward({
    loaded,
    engine: request.engine,
    interventions: [],
    compute: plan.draw,
    values,
    rows: units * particles,
    key: request.key.split("forward"),
  });
  return { plan, values, effectiveSize };
}

export function notInferable(loaded: LoadedModel, { reason }: InferencePlan): ScmcError {
  return failure(
    "7071",
    loaded.model.name,
    `the missing variables cannot be found: ${reason}`,
    "Observe them, or leave this evidence out.",
  );
}

/** Observed variables whose causes are all observed must be possible given them, whatever is missing. */
export async function requirePossible(
  {
    loaded,
    engine,
    observed,
    units,
    key,
    unitName,
  }: Pick<CompletionRequest, "loaded" | "engine" | "observed" | "units" | "key" | "unitName">,
  plan: InferencePlan,
): Promise<void> {
  const parentsOf = new Map(loaded.model.mechanisms.map(({ variable, parents }) => [variable, parents]));
  const targets = plan.observed.filter((name) => {
    const density = loaded.mechanisms.get(name)?.density ?? "none";
    return density === "exact" && parentsOf.get(name)!.every((parent) => observed.has(parent));
  });
  if (targets.length === 0) return;
  const rows = new Map(
    [...observed].map(([name, data]) => [name, { rows: units, size: data.length / units, data }] as const),
  );
  const used = new Set(targets.flatMap((name) => [name, ...parentsOf.get(name)!]));
  for (const name of rows.keys()) if (!used.has(name)) rows.delete(name);
  const terms = await logProbability({ loaded, engine, observed: rows, targets, key: key.split("check") });
  for (const [variable, values] of terms) {
    const unit = values.findIndex((value) => !(value > Number.NEGATIVE_INFINITY));
    if (unit < 0) continue;
    const data = observed.get(variable)!;
    throw contradiction(loaded, {
      unit: unitName?.(unit) ?? `unit ${unit + 1}`,
      variable,
      ...(data.length === units ? { value: data[unit]! } : {}),
      how: "alone",
    });
  }
}

function repeated(values: Float32Array, units: number, times: number): Float32Array {
  const size = values.length / units;
  const all = new Float32Array(values.length * times);
  for (let unit = 0; unit < units; unit++) {
    const own = values.subarray(unit * size, (unit + 1) * size);
    for (let k = 0; k < times; k++) all.set(own, (unit * times + k) * size);
  }
  return all;
}

/** Exact draws, by correcting draws of the prior (see `gaussian-posterior.ts`). */
function drawGaussian(request: CompletionRequest, plan: InferencePlan, values: Map<string, Float32Array>): void {
  const { loaded, observed, units, particles, key } = request;
  const drawn = new Map(plan.infer.map((name) => [name, new Float32Array(units * particles)]));
  for (let number = 0; number < units; number++) {
    const unit = gaussianUnit(loaded, knownValues(loaded, observed, units, number));
    const posterior = posteriorOf(request, unit, number);
    const own = drawCoordinates(loaded, unit, posterior, plan.infer, particles, key.split("prior").split(number));
    for (const [name, data] of own) drawn.get(name)!.set(data, number * particles);
  }
  for (const [name, data] of drawn) values.set(name, data);
}

/** Joint draws of some variables of a unit, `[count]` each, less their origins. */
export function drawCoordinates(
  loaded: LoadedModel,
  unit: GaussianUnit,
  posterior: NormalPosterior,
  names: readonly string[],
  count: number,
  key: RandomKey,
): Map<string, Float32Array> {
  const drawn = new Map(names.map((name) => [name, new Float32Array(count)]));
  const priors = key.normal64(unit.dimension * count);
  for (let k = 0; k < count; k++) {
    const noises = posterior.draw(priors.subarray(k * unit.dimension, (k + 1) * unit.dimension));
    for (const name of names) {
      const { coordinate, form } = unit.forms.get(name)!;
      const at = form.constant + along(form, noises);
      const variable = loaded.variables.get(name)!;
      drawn.get(name)![k] = valueAtCoordinate(coordinate, variable.domain, at) - originOfVariable(variable);
    }
  }
  return drawn;
}

/** A unit's values in the variables' own units, in double precision. */
export function knownValues(
  { variables }: Pick<LoadedModel, "variables">,
  observed: ReadonlyMap<string, Float32Array>,
  units: number,
  unit: number,
) {
  return (name: string): ArrayLike<number> | undefined => {
    const data = observed.get(name);
    if (data === undefined) return undefined;
    const size = data.length / units;
    const own = data.subarray(unit * size, (unit + 1) * size);
    const origin = originOfVariable(variables.get(name));
    return origin === 0 ? own : Float64Array.from(own, (value) => value + origin);
  };
}

/** The posterior of a unit's noises; evidence that others determine already contradicts them or says nothing new. */
export function posteriorOf(
  { loaded, unitName }: Pick<CompletionRequest, "loaded" | "unitName">,
  unit: ReturnType<typeof gaussianUnit>,
  number: number,
) {
  try {
    return normalPosterior(unit.dimension, unit.equations);
  } catch (error) {
    if (!(error instanceof DependentEvidence)) throw error;
    throw contradiction(loaded, {
      unit: unitName?.(number) ?? `unit ${number + 1}`,
      variable: error.variable,
      how: "enumerated",
    });
  }
}

async function drawWeighted(
  request: CompletionRequest,
  plan: InferencePlan,
  values: Map<string, Float32Array>,
): Promise<Float64Array> {
  const { units, particles, key } = request;
  const weighted = await inferParticles({ ...request, interventions: [], plan, key: key.split("particles") });
  for (const name of plan.infer)
    values.set(name, new Float32Array((weighted.values.get(name)!.length / weighted.particles) * particles));
  for (let unit = 0; unit < units; unit++) {
    const start = unit * weighted.particles;
    const own = weighted.weights.subarray(start, start + weighted.particles);
    const uniform = key.split("choice").split(unit).uniform64(1)[0]!;
    const chosen = systematic(own, particles, uniform);
    for (const name of plan.infer) {
      const from = weighted.values.get(name)!;
      const to = values.get(name)!;
      const size = from.length / (units * weighted.particles);
      for (let k = 0; k < particles; k++) {
        const row = (start + chosen[k]!) * size;
        to.set(from.subarray(row, row + size), (unit * particles + k) * size);
      }
    }
  }
  return weighted.effectiveSize;
}
