/**
 * A world with evidence in it: the model under interventions, one unit, of which some values are known. The rest is
 * drawn from its posterior in equal blocks of rows, or has a closed form.
 */
import { evaluate } from "../../../algebra/evaluate.js";
import { intervenedGraph } from "../../../model/plans/plan.js";
import {
  fixedVariables,
  keepsOwnTerm,
  largestSupport,
  planInference,
  valuesOf,
} from "../../../model/plans/plan-inference.js";
import type { Evidence, InferencePlan, Intervention } from "../../../schema/types.js";
import { originOfVariable } from "../../mechanisms/bound/variables.js";
import { inferredModel, type LoadedModel } from "../../mechanisms/loaded-model.js";
import type { Engine } from "../../tensors/core/engine.js";
import type { RandomKey } from "../../tensors/random/index.js";
import type { CoordinateForm } from "../exact/affine-form.js";
import { contradiction } from "../exact/contradiction.js";
import { requireValue } from "../exact/evidence-values.js";
import type { NormalPosterior } from "../exact/gaussian-posterior.js";
import { type GaussianUnit, gaussianUnit } from "../exact/gaussian-unit.js";
import { staysInside } from "../particles/closed-counterfactual.js";
import { drawCoordinates, notInferable, posteriorOf } from "../particles/complete-units.js";
import { drawForward } from "../particles/forward.js";
import { compileStep, interventionNoise } from "../particles/particle-step.js";
import { inferParticles } from "../particles/particles.js";

export interface EvidenceWorld {
  readonly loaded: LoadedModel;
  readonly engine: Engine;
  readonly interventions: readonly Intervention[];
  readonly evidence: readonly Evidence[];
  readonly key: RandomKey;
}

export interface WorldDraws {
  readonly plan: InferencePlan;
  /** `[rows]` of each scalar variable, and larger ones by their size. */
  readonly values: ReadonlyMap<string, Float32Array>;
  /** Relative weights, `[rows]`; null where all are equal. */
  readonly weights: Float64Array | null;
  /** Whether the rows and weights are the distribution itself, not a sample of it. */
  readonly exact: boolean;
  readonly rows: number;
  /** Of importance sampling: the sum of the blocks' effective numbers. */
  readonly effectiveSize: number | null;
}

/** The types of the plan are those of the data by now. */
export function planWorld(
  { loaded, interventions, evidence }: Pick<EvidenceWorld, "loaded" | "interventions" | "evidence">,
  needed: readonly string[],
  scoresEvidence = false,
): InferencePlan {
  const plan = planInference(inferredModel(loaded), {
    interventions,
    observed: evidence.map(({ variable }) => variable),
    needed,
    scoresEvidence,
  });
  if (plan.method === "impossible") throw notInferable(loaded, plan);
  return plan;
}

/**
 * Values less their origins, codes of levels instead of their names; a value outside the domain contradicts the model.
 */
export function evidenceValues({ loaded, evidence }: Pick<EvidenceWorld, "loaded" | "evidence">): Map<string, number> {
  return new Map(evidence.map((one) => [one.variable, requireValue(loaded, one)]));
}

/** Rows from the posterior, `blocks` independent parts of `perBlock` rows each. */
export async function drawWorld(
  world: EvidenceWorld,
  needed: readonly string[],
  blocks: number,
  perBlock: number,
): Promise<WorldDraws> {
  const { loaded, engine, interventions, key } = world;
  const given = evidenceValues(world);
  const plan = planWorld(world, needed);
  await requirePossibleWorld(world, plan, given);
  const whole = enumerable(loaded, interventions, plan);
  if (whole) return enumerateWorld(world, whole, given);
  const rows = blocks * perBlock;
  const values = new Map<string, Float32Array>();
  for (const [name, value] of given) values.set(name, new Float32Array(rows).fill(value));
  let weights: Float64Array | null = null;
  let effectiveSize: number | null = null;
  if (plan.method === "gaussian") {
    const { unit, posterior } = gaussianWorld(world, given, new Set(plan.weigh));
    for (const [name, data] of drawCoordinates(loaded, unit, posterior, plan.infer, rows, key.split("prior")))
      values.set(name, data);
  } else if (plan.infer.length > 0 || plan.weigh.length > 0) {
    const drawn = await inferBlocks(world, plan, given, blocks, perBlock);
    for (const [name, data] of drawn.values) values.set(name, data);
    weights = drawn.weights;
    effectiveSize = drawn.effectiveSize;
  }
  const compute = [...fixedVariables(loaded.model, interventions, given.keys()), ...plan.draw];
  await drawForward({ loaded, engine, interventions, compute, values, rows, key: key.split("forward") });
  return { plan, values, weights, exact: false, rows, effectiveSize };
}

/** Every joint value with its probability, where the world is made of few classes; else undefined. */
export async function enumeratedWorld(
  world: EvidenceWorld,
  needed: readonly string[],
): Promise<WorldDraws | undefined> {
  const { loaded, interventions } = world;
  const plan = planWorld(world, needed);
  const whole = enumerable(loaded, interventions, plan);
  if (whole === undefined) return undefined;
  const given = evidenceValues(world);
  await requirePossibleWorld(world, plan, given);
  const listed = await enumerateWorld(world, whole, given);
  return needed.every((name) => listed.values.has(name)) ? listed : undefined;
}

/**
 * Independent runs, each weighed by its estimate of the evidence's probability, so that together they are one estimate.
 */
async function inferBlocks(
  { loaded, engine, interventions, key }: EvidenceWorld,
  plan: InferencePlan,
  given: ReadonlyMap<string, number>,
  blocks: number,
  perBlock: number,
) {
  const enumerated = plan.method === "enumeration";
  const observed = new Map([...given].map(([name, value]) => [name, new Float32Array(blocks).fill(value)]));
  const inferred = await inferParticles({
    loaded,
    engine,
    interventions,
    plan,
    observed,
    units: blocks,
    proposals: perBlock,
    key: key.split("particles"),
    unitName: () => "the query",
  });
  if (enumerated) return resampleRows(inferred, plan.infer, blocks, perBlock, key);
  const largest = Math.max(...inferred.logEvidence);
  const weights = inferred.weights.map(
    (weight, row) => weight * Math.exp(inferred.logEvidence[Math.floor(row / perBlock)]! - largest),
  );
  const effectiveSize = inferred.effectiveSize.reduce((sum, size) => sum + size, 0);
  return { values: inferred.values, weights, effectiveSize };
}

/**
 * Draws from an enumerated posterior, where more is to be drawn after it: from noises of its own, not those of the
 * listed values.
 */
function resampleRows(
  inferred: Awaited<ReturnType<typeof inferParticles>>,
  names: readonly string[],
  blocks: number,
  perBlock: number,
  key: RandomKey,
) {
  const values = new Map<string, Float32Array>();
  const rows = blocks * perBlock;
  const uniform = key.split("choice").uniform64(rows);
  const chosen = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const start = Math.floor(row / perBlock) * inferred.particles;
    let index = 0;
    let reached = inferred.weights[start]!;
    while (uniform[row]! >= reached && index < inferred.particles - 1) reached += inferred.weights[start + ++index]!;
    chosen[row] = start + index;
  }
  for (const name of names) {
    const data = inferred.values.get(name)!;
    values.set(
      name,
      Float32Array.from(chosen, (row) => data[row]!),
    );
  }
  return { values, weights: null, effectiveSize: null };
}

/** The plan with everything enumerated that is not known, or undefined where that cannot be. */
function enumerable(
  loaded: LoadedModel,
  interventions: readonly Intervention[],
  plan: InferencePlan,
): InferencePlan | undefined {
  if (plan.method !== "enumeration" && plan.method !== "ancestral" && plan.method !== "complete") return undefined;
  const infer = [...plan.infer, ...plan.draw];
  // Everything that is wanted is known: there is nothing to list.
  if (infer.length === 0 && plan.weigh.length === 0) return undefined;
  const isPlain = (name: string) =>
    loaded.mechanisms.get(name)?.density === "exact" && keepsOwnTerm(name, interventions);
  const support = infer.reduce((product, name) => product * valuesOf(loaded.variables.get(name)!.domain), 1);
  if (support > largestSupport || !infer.every(isPlain)) return undefined;
  return { ...plan, method: "enumeration", infer, draw: [] };
}

async function enumerateWorld(
  { loaded, engine, interventions, key }: EvidenceWorld,
  plan: InferencePlan,
  given: ReadonlyMap<string, number>,
): Promise<WorldDraws> {
  const inferred = await inferParticles({
    loaded,
    engine,
    interventions,
    plan,
    observed: new Map([...given].map(([name, value]) => [name, Float32Array.of(value)])),
    units: 1,
    proposals: 1,
    key,
    unitName: () => "the query",
  });
  const rows = inferred.particles;
  return { plan, values: inferred.values, weights: inferred.weights, exact: true, rows, effectiveSize: null };
}

/** The closed form of a world whose evidence is affine with normal noise, for the variables wanted; else undefined. */
export async function closedWorld(
  world: EvidenceWorld,
  needed: readonly string[],
): Promise<
  { plan: InferencePlan; forms: ReadonlyMap<string, CoordinateForm>; posterior: NormalPosterior } | undefined
> {
  const plan = planWorld(world, needed);
  if (plan.method === "importance" || plan.method === "enumeration") return undefined;
  if (!tellsOfBothWorlds(world)) return undefined;
  const given = evidenceValues(world);
  await requirePossibleWorld(world, plan, given);
  const { unit, posterior } = gaussianWorld(world, given);
  const found = unit.intervened(world.interventions, needed);
  if (found === undefined) return undefined;
  if (!world.interventions.every((one) => staysInside(world.loaded, one, found.forms))) return undefined;
  return { plan, forms: found.forms, posterior };
}

/**
 * Whether the evidence has the same equations in the intervened world as in the natural one: no intervention reaches
 * it, except those that fix a cause at what is known.
 */
function tellsOfBothWorlds({ loaded, interventions, evidence }: EvidenceWorld): boolean {
  const given = evidence.map(({ variable }) => variable);
  const graph = intervenedGraph(loaded.model, interventions);
  const fixed = new Set(fixedVariables(loaded.model, interventions, given));
  return interventions.every(({ variable, only }) => {
    if (only === undefined && fixed.has(variable)) return true;
    const changed = only ?? [variable];
    const reached = new Set([...changed, ...graph.descendants(changed)]);
    return !given.some((name) => reached.has(name));
  });
}

/** `weigh` are the observed variables that have equations; all of them where it is left out. */
function gaussianWorld(
  { loaded, interventions }: Pick<EvidenceWorld, "loaded" | "interventions">,
  given: ReadonlyMap<string, number>,
  weigh?: ReadonlySet<string>,
): { unit: GaussianUnit; posterior: NormalPosterior } {
  const known = new Map(
    [...given].map(([name, value]) => [name, value + originOfVariable(loaded.variables.get(name))]),
  );
  const fixed = fixedVariables(loaded.model, interventions, given.keys());
  for (const name of fixed) {
    const { expression } = interventions.find(({ variable, only }) => variable === name && only === undefined)!;
    known.set(name, evaluate(expression, { variables: known }));
  }
  const silent = new Set([...fixed, ...[...given.keys()].filter((name) => weigh?.has(name) === false)]);
  const unit = gaussianUnit(loaded, (name) => (known.has(name) ? [known.get(name)!] : undefined), silent);
  return { unit, posterior: posteriorOf({ loaded, unitName: () => "the query" }, unit, 0) };
}

/** Evidence whose causes are all known must be possible given them. */
async function requirePossibleWorld(
  { loaded, engine, interventions, key }: EvidenceWorld,
  plan: InferencePlan,
  given: ReadonlyMap<string, number>,
): Promise<void> {
  const fixed = fixedVariables(loaded.model, interventions, given.keys());
  const known = new Set([...given.keys(), ...fixed]);
  const parentsOf = new Map(loaded.model.mechanisms.map(({ variable, parents }) => [variable, parents]));
  const weigh = plan.observed.filter(
    (name) =>
      loaded.mechanisms.get(name)?.density === "exact" &&
      !interventions.some(({ variable, only }) => variable === name || only?.includes(name) === true) &&
      parentsOf.get(name)!.every((parent) => known.has(parent)),
  );
  if (weigh.length === 0) return;
  const step = await compileStep({
    loaded,
    engine,
    interventions,
    state: plan.observed,
    compute: fixed,
    weigh,
    units: 1,
    particles: 1,
    key,
  });
  try {
    const inputs = new Map([...given].map(([name, value]) => [name, Float32Array.of(value)]));
    // What is weighed here has known causes alone, which no noise of an intervention enters.
    for (const { variable, noises } of interventions)
      for (const { name } of noises) inputs.set(interventionNoise(variable, name), Float32Array.of(0));
    const { logWeights } = await step.run(inputs, 0);
    for (const [variable, values] of logWeights)
      if (values[0] === Number.NEGATIVE_INFINITY)
        throw contradiction(loaded, { unit: "the query", variable, value: given.get(variable)!, how: "alone" });
  } finally {
    await step.dispose();
  }
}
